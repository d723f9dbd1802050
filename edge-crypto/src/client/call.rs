//! One request, one answer: the status is checked, problems become errors, bodies are decoded strictly.
use crate::client::{Client, ClientError, Env, PROBLEM_CBOR, Request, Transport, problem};
use core::pin::Pin;
use minicbor::{Decode, Encode};
use vestibule_core::{cbor, routes::Route};

/// A boxed future: one on each path keeps the flows' state machines, and with them the browser's module, small.
pub(crate) type Boxed<'a, A> = Pin<Box<dyn Future<Output = Result<A, ClientError>> + 'a>>;

impl<T: Transport, E: Env> Client<T, E> {
    /// Sends a request and returns the body of a good answer.
    pub fn call(&self, request: Request) -> Boxed<'_, Vec<u8>> {
        Box::pin(self.call_unboxed(request))
    }

    async fn call_unboxed(&self, request: Request) -> Result<Vec<u8>, ClientError> {
        let response = self.transport.send(request).await?;
        match (response.status, response.content_type.as_str()) {
            (200..=299, _) => Ok(response.body),
            (_, PROBLEM_CBOR) => {
                Err(problem::decode(&response.body).map_or(ClientError::Answer, ClientError::Problem))
            }
            _ => Err(ClientError::Answer),
        }
    }

    /// Sends a body.
    pub fn post(&self, route: Route, body: Vec<u8>) -> Boxed<'_, Vec<u8>> {
        self.call(Request { body: Some(body), ..Request::new(route) })
    }

    /// Sends a value as CBOR and decodes the answer.
    pub async fn exchange<Q, A>(&self, route: Route, body: &Q) -> Result<A, ClientError>
    where
        Q: Encode<()>,
        A: for<'b> Decode<'b, ()> + Encode<()>,
    {
        decode(&self.post(route, cbor::to_vec(body)).await?)
    }

    /// Fetches a value.
    pub async fn fetch<A>(&self, request: Request) -> Result<A, ClientError>
    where
        A: for<'b> Decode<'b, ()> + Encode<()>,
    {
        decode(&self.call(request).await?)
    }
}

/// Decodes an answer: an undecodable one is the server's fault, and said so.
pub(crate) fn decode<A>(bytes: &[u8]) -> Result<A, ClientError>
where
    A: for<'b> Decode<'b, ()> + Encode<()>,
{
    cbor::from_slice(bytes).map_err(|_| ClientError::Answer)
}
