//! Makes a failing history short: drops every part without which it still fails.
use crate::{driver::Fault, op::History, world::play};

/// A history that fails as well, of which no single step can be left out, and none has a fault or a restart without need.
pub(crate) fn shrink(history: &History) -> History {
    let mut short = history.clone();
    if let Err(failure) = play(&short) {
        short.steps.truncate(failure.steps);
    }
    let mut size = short.steps.len() / 2;
    while size > 0 {
        let mut from = 0;
        while from < short.steps.len() {
            let mut less = short.clone();
            let until = (from + size).min(less.steps.len());
            let waits = less.steps.drain(from..until).fold(0u16, |sum, s| sum.saturating_add(s.wait));
            if let Some(next) = less.steps.get_mut(from) {
                next.wait = next.wait.saturating_add(waits);
            }
            if play(&less).is_err() { short = less } else { from += size }
        }
        size /= 2;
    }
    for number in 0..short.steps.len() {
        let mut calm = short.clone();
        calm.steps[number].fault = Fault::None;
        calm.steps[number].restart = false;
        if play(&calm).is_err() {
            short = calm;
        }
    }
    short
}
