//! The least that a Spin component can do: what the host itself costs a request.
#![cfg_attr(target_family = "wasm", expect(clippy::unused_async, reason = "the macro asks for it"))]

#[cfg(target_family = "wasm")]
#[spin_sdk::http_service]
async fn serve(_: spin_sdk::http::Request) -> &'static str {
    "ok"
}
