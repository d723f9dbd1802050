//! What pages hand in.
use crate::error::Failure;
#[cfg(feature = "patient")]
use js_sys::Function;
use js_sys::{Array, Reflect, Uint8Array};
use std::str::FromStr;
use vestibule_suite::Secret32;
use wasm_bindgen::{JsCast as _, JsValue};
use zeroize::Zeroizing;

/// Takes over 32 secret bytes, and overwrites them in JS.
pub(crate) fn secret(bytes: &Uint8Array) -> Result<Secret32, Failure> {
    let copy = Zeroizing::new(bytes.to_vec());
    bytes.fill(0, 0, bytes.length());
    Secret32::from_slice(&copy).ok_or(Failure::input("secret-length"))
}

/// A property that must be there.
pub(crate) fn property(object: &JsValue, name: &str) -> Result<JsValue, Failure> {
    Reflect::get(object, &name.into()).map_err(|_| Failure::input("input"))
}

/// A text property.
pub(crate) fn text(object: &JsValue, name: &str) -> Result<String, Failure> {
    property(object, name)?.as_string().ok_or(Failure::input("input"))
}

/// A text property that parses: an id.
pub(crate) fn parsed<T: FromStr>(object: &JsValue, name: &str) -> Result<T, Failure> {
    text(object, name)?.parse().map_err(|_| Failure::input("input"))
}

/// A whole number that is not negative.
pub(crate) fn number(object: &JsValue, name: &str) -> Result<u64, Failure> {
    whole(&property(object, name)?)
}

/// A value as a whole number that is not negative.
pub(crate) fn whole(value: &JsValue) -> Result<u64, Failure> {
    let value = value.as_f64().ok_or(Failure::input("input"))?;
    if value.fract() != 0.0 || !(0.0..9e15).contains(&value) {
        return Err(Failure::input("input"));
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked just above")]
    Ok(value as u64)
}

/// A list property.
pub(crate) fn list(object: &JsValue, name: &str) -> Result<Vec<JsValue>, Failure> {
    let value = property(object, name)?;
    Ok(value.dyn_ref::<Array>().ok_or(Failure::input("input"))?.to_vec())
}

/// Calls a page's progress function, which may be missing.
#[cfg(feature = "patient")]
pub(crate) fn progress(callback: &JsValue) -> impl FnMut(u32, u32) {
    let callback = callback.dyn_ref::<Function>().cloned();
    move |done, total| {
        if let Some(callback) = &callback {
            // A page that throws while it shows progress does not stop the work.
            let _ = callback.call2(&JsValue::NULL, &done.into(), &total.into());
        }
    }
}
