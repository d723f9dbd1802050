//! Requests by the `fetch` of the worker that this module runs in.
use js_sys::{Object, Promise, Reflect, Uint8Array};
use vestibule_core::{bytes::to_base64url, routes::Route};
use vestibule_edge_crypto::client::{CBOR, Request, Response, Transport, TransportError};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch)]
    fn fetch(url: &str, init: &Object) -> Result<Promise, JsValue>;

    #[wasm_bindgen(js_name = Response)]
    type FetchResponse;
    #[wasm_bindgen(method, getter)]
    fn status(this: &FetchResponse) -> u16;
    #[wasm_bindgen(method, getter)]
    fn headers(this: &FetchResponse) -> FetchHeaders;
    #[wasm_bindgen(method, catch, js_name = arrayBuffer)]
    fn array_buffer(this: &FetchResponse) -> Result<Promise, JsValue>;

    type AbortSignal;
    #[wasm_bindgen(static_method_of = AbortSignal)]
    fn timeout(milliseconds: u32) -> AbortSignal;

    #[wasm_bindgen(js_name = Headers)]
    type FetchHeaders;
    #[wasm_bindgen(method)]
    fn get(this: &FetchHeaders, name: &str) -> Option<String>;
}

/// How long a realm is waited for: its messages are small, and where others suffice, a slow one must not stop the patient.
const REALM_MILLISECONDS: u32 = 15_000;

/// Sends by `fetch`, without cookies or referrer.
#[derive(Debug)]
pub(crate) struct Fetch {
    /// Origin that the page was loaded from.
    pub(crate) origin: String,
}

impl Transport for Fetch {
    async fn send(&self, request: Request) -> Result<Response, TransportError> {
        self.try_send(request).await.map_err(|_| TransportError)
    }
}

impl Fetch {
    async fn try_send(&self, request: Request) -> Result<Response, JsValue> {
        let headers = Object::new();
        Reflect::set(&headers, &"accept".into(), &CBOR.into())?;
        let init = Object::new();
        if let Some(body) = &request.body {
            Reflect::set(&headers, &"content-type".into(), &CBOR.into())?;
            Reflect::set(&init, &"body".into(), &Uint8Array::from(body.as_slice()))?;
        }
        if let Some(token) = request.bearer {
            let value = format!("Bearer {}", to_base64url(&token.0));
            Reflect::set(&headers, &"authorization".into(), &value.into())?;
        }
        let method = request.route.info().method.as_str();
        for (name, value) in [
            ("method", method),
            ("credentials", "omit"),
            ("cache", "no-store"),
            ("referrerPolicy", "no-referrer"),
        ] {
            Reflect::set(&init, &name.into(), &value.into())?;
        }
        Reflect::set(&init, &"headers".into(), &headers)?;
        if request.route == Route::Realm {
            Reflect::set(&init, &"signal".into(), &AbortSignal::timeout(REALM_MILLISECONDS))?;
        }
        let origin = request.origin.as_deref().unwrap_or(&self.origin);
        let url = format!("{origin}{}", request.target());
        let response: FetchResponse = JsFuture::from(fetch(&url, &init)?).await?.unchecked_into();
        let body = Uint8Array::new(&JsFuture::from(response.array_buffer()?).await?).to_vec();
        let content_type = response.headers().get("content-type").unwrap_or_default();
        let content_type = content_type.split(';').next().unwrap_or_default().trim().to_owned();
        Ok(Response { status: response.status(), content_type, body })
    }
}
