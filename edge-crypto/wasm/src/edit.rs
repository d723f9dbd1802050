//! The editor of the catalog: JSON as the catalog's own ([`vestibule_core::wire::catalog`]), since it is shown and typed, and
//! goes through no hands but the page's.
use crate::{browser::Browser, error::Failure, practice::PracticeClient, view};
use rand_core::Rng as _;
use serde_json::{from_str, to_string};
use vestibule_core::{
    calendar::{Booked, conflicts},
    ids::ServiceId,
    wire::catalog::{Catalog, code_hash},
};
use vestibule_edge_crypto::{client::Env as _, directory::CatalogEdit};
use wasm_bindgen::prelude::*;

fn resolve(edit: &str, before: &Catalog) -> Result<Catalog, Failure> {
    let edit: CatalogEdit = from_str(edit).map_err(|_| Failure::input("rules-invalid"))?;
    edit.resolve(before).map_err(|_| Failure::input("rules-invalid"))
}

#[wasm_bindgen]
impl PracticeClient {
    /// The signed catalog as JSON.
    pub fn catalog(&self) -> Result<String, JsValue> {
        let session = self.session.as_ref().ok_or(Failure::input("locked"))?;
        Ok(to_string(&**session.practice.directory.catalog()).map_err(|_| Failure::input("input"))?)
    }

    /// Signs and publishes a changed catalog: JSON of a [`CatalogEdit`].
    #[wasm_bindgen(js_name = updateCatalog)]
    pub async fn update_catalog(&mut self, edit: String) -> Result<(), JsValue> {
        let session = self.session.as_mut().ok_or(Failure::input("locked"))?;
        let catalog = resolve(&edit, session.practice.directory.catalog())?;
        let changed = self.client.update_catalog(session, catalog.into()).await;
        Ok(changed.map_err(|e| Failure::of(&e, &self.client))?)
    }

    /// For each of these appointments (JSON of [`Booked`]s) why a changed catalog, or without one the signed one, would not
    /// allow it, or null: a JSON list in their order.
    pub fn conflicts(&self, edit: Option<String>, booked: &str) -> Result<String, JsValue> {
        let session = self.session.as_ref().ok_or(Failure::input("locked"))?;
        let before = session.practice.directory.catalog();
        let booked: Vec<Booked> = from_str(booked).map_err(|_| Failure::input("input"))?;
        let found = match edit {
            Some(edit) => conflicts(&resolve(&edit, before)?, &booked),
            None => conflicts(before, &booked),
        };
        let found = found.map_err(|_| Failure::input("rules-invalid"))?;
        Ok(to_string(&found).map_err(|_| Failure::input("input"))?)
    }

    /// A new code for a service: `{code, hash}`. The code is for the link, and nothing keeps it; the catalog has the hash.
    #[wasm_bindgen(js_name = newCode)]
    pub fn new_code(&self) -> Result<JsValue, JsValue> {
        let session = self.session.as_ref().ok_or(Failure::input("locked"))?;
        let catalog = session.practice.directory.catalog();
        let mut random = [0; 16];
        Browser.rng().fill_bytes(&mut random);
        let code = ServiceId(random).to_string();
        let hash = code_hash(catalog.suite, catalog.practice, &code).to_string();
        Ok(view::object(&[("code", code.into()), ("hash", hash.into())]))
    }
}
