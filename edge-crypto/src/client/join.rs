//! Waits for several requests at once.
use core::{
    future::{Future, poll_fn},
    pin::Pin,
    task::Poll,
};

/// Runs all futures together; their outputs in the same order. For tens of requests: each wake polls all that are left.
pub(super) async fn join_all<'a, A>(futures: Vec<Pin<Box<dyn Future<Output = A> + 'a>>>) -> Vec<A> {
    let mut running: Vec<_> = futures.into_iter().map(Some).collect();
    let mut done: Vec<Option<A>> = running.iter().map(|_| None).collect();
    poll_fn(|context| {
        for (slot, output) in running.iter_mut().zip(&mut done) {
            if let Some(future) = slot
                && let Poll::Ready(value) = future.as_mut().poll(context)
            {
                *output = Some(value);
                // A finished future must not be polled again.
                *slot = None;
            }
        }
        if running.iter().all(Option::is_none) { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    done.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::task::{Context, Waker};

    /// Ready at the `left`-th poll.
    fn after(mut left: u32, value: u32) -> Pin<Box<dyn Future<Output = u32>>> {
        Box::pin(poll_fn(move |_| {
            left = left.saturating_sub(1);
            if left == 0 { Poll::Ready(value) } else { Poll::Pending }
        }))
    }

    #[test]
    fn all_run_together_and_keep_their_order() {
        let mut joined = Box::pin(join_all(vec![after(3, 30), after(1, 10), after(2, 20)]));
        let mut context = Context::from_waker(Waker::noop());
        assert!(joined.as_mut().poll(&mut context).is_pending());
        assert!(joined.as_mut().poll(&mut context).is_pending());
        assert_eq!(joined.as_mut().poll(&mut context), Poll::Ready(vec![30, 10, 20]));
        let mut none = Box::pin(join_all(Vec::<Pin<Box<dyn Future<Output = u32>>>>::new()));
        assert_eq!(none.as_mut().poll(&mut context), Poll::Ready(vec![]));
    }
}
