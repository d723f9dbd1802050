//! Who guards a practice's PINs: shown, and changed by whoever holds the root.
use crate::{error::Failure, input, practice::PracticeClient, view};
use js_sys::{Array, Function, Uint8Array};
use vestibule_core::wire::directory::{Deployment, Realm};
use vestibule_edge_crypto::client::practice::{ChosenRealm, NewRealms, ReshareStep};
use vestibule_suite::realm_fingerprint;
use wasm_bindgen::prelude::*;

type Result<T> = core::result::Result<T, Failure>;

fn realm(realm: &Realm) -> JsValue {
    let fingerprint = realm_fingerprint(&realm.kem_key, realm.signing);
    view::object(&[
        ("index", realm.index.into()),
        ("origin", realm.origin.as_str().into()),
        ("fingerprint", fingerprint.to_string().into()),
    ])
}

fn realms(deployment: &Deployment) -> JsValue {
    view::array(&deployment.realms, realm)
}

fn origins(all: Vec<String>) -> JsValue {
    view::array(all, Into::into)
}

fn chosen(value: &JsValue) -> Result<ChosenRealm> {
    let fingerprint = input::property(value, "fingerprint")?;
    let fingerprint = match fingerprint.as_string() {
        Some(text) => Some(text.parse().map_err(|_| Failure::input("input"))?),
        None => None,
    };
    Ok(ChosenRealm { origin: input::text(value, "origin")?, code: input::text(value, "code")?, fingerprint })
}

#[wasm_bindgen]
impl PracticeClient {
    /// `{root, threshold, realms, before}`: whether this member may change them, the servers in force, and while patients go
    /// over the servers before, else null.
    pub fn guards(&self) -> core::result::Result<JsValue, JsValue> {
        let session = self.session.as_ref().ok_or(Failure::input("locked"))?;
        let directory = &session.practice.directory;
        Ok(view::object(&[
            ("root", session.holds_root().into()),
            ("threshold", directory.deployment().threshold.into()),
            ("realms", realms(directory.deployment())),
            ("before", directory.before().map_or(JsValue::NULL, |before| realms(before))),
        ]))
    }

    /// The fingerprint of the keys by which a server describes itself.
    #[wasm_bindgen(js_name = fingerprintOf)]
    pub async fn fingerprint_of(&self, origin: String) -> core::result::Result<String, JsValue> {
        let fingerprint = self.client.fingerprint_of(&origin).await;
        Ok(fingerprint.map_err(|e| Failure::of(&e, &self.client))?.to_string())
    }

    /// How many patients have gone over: `{here, before, left}`, where `left` are the origins of servers that were removed last.
    pub async fn moving(&mut self) -> core::result::Result<JsValue, JsValue> {
        let session = self.session.as_mut().ok_or(Failure::input("locked"))?;
        let moving = self.client.moving(session).await.map_err(|e| Failure::of(&e, &self.client))?;
        let now = &session.practice.directory.deployment().realms;
        let left = moving.left.iter().flat_map(|left| left.realms.iter());
        let left = left.filter(|realm| now.iter().all(|kept| kept.kem_key != realm.kem_key));
        Ok(view::object(&[
            ("here", view::number(moving.here)),
            ("before", view::number(moving.before)),
            ("left", origins(left.map(|realm| realm.origin.clone()).collect())),
        ]))
    }

    /// Has other servers guard the PINs: `{others: [{origin, code, fingerprint}], threshold}`. `prf` is overwritten. `progress` is
    /// called with step (0 order, 1 deal, 2 take over, 3 publish), steps done, steps in all, and the origin that is asked. Gives the
    /// servers that were passed over: `[{origin, code}]`.
    pub async fn reshare(
        &mut self,
        wanted: JsValue,
        prf: Uint8Array,
        progress: Function,
    ) -> core::result::Result<JsValue, JsValue> {
        let prf = input::secret(&prf)?;
        let others = input::list(&wanted, "others")?.iter().map(chosen).collect::<Result<_>>()?;
        let threshold = input::number(&wanted, "threshold")?;
        let threshold = threshold.try_into().map_err(|_| Failure::input("input"))?;
        let session = self.session.as_mut().ok_or(Failure::input("locked"))?;
        let root = session.root_key(&prf).map_err(Failure::from)?;
        let mut seen = |step: ReshareStep<'_>, done: usize, total: usize| {
            let (number, origin) = match step {
                ReshareStep::Order => (0, ""),
                ReshareStep::Deal(origin) => (1, origin),
                ReshareStep::TakeOver(origin) => (2, origin),
                ReshareStep::Publish => (3, ""),
            };
            let told = Array::of4(
                &JsValue::from(number),
                &view::number(done as u64),
                &view::number(total as u64),
                &origin.into(),
            );
            // A page that throws while it shows progress does not stop the work.
            let _ = progress.apply(&JsValue::NULL, &told);
        };
        // Of what went wrong before, nothing is of interest here.
        self.client.troubles();
        let wanted = NewRealms { others, threshold };
        let outcome = self.client.reshare(session, &root, &wanted, &mut seen).await;
        outcome.map_err(|e| Failure::of(&e, &self.client))?;
        Ok(view::array(self.client.troubles(), |trouble| {
            view::object(&[("origin", trouble.origin.into()), ("code", trouble.code.into())])
        }))
    }

    /// Ends the time in which patients go over. Gives the origins of the servers that did not hear it.
    #[wasm_bindgen(js_name = endMoving)]
    pub async fn end_moving(&mut self) -> core::result::Result<JsValue, JsValue> {
        let session = self.session.as_mut().ok_or(Failure::input("locked"))?;
        let missed = self.client.end_moving(session).await;
        Ok(origins(missed.map_err(|e| Failure::of(&e, &self.client))?))
    }

    /// Tells all servers once more that it has ended. Gives the origins of those that did not hear it.
    #[wasm_bindgen(js_name = tellEnded)]
    pub async fn tell_ended(&mut self) -> core::result::Result<JsValue, JsValue> {
        let session = self.session.as_mut().ok_or(Failure::input("locked"))?;
        let missed = self.client.tell_ended(session).await;
        Ok(origins(missed.map_err(|e| Failure::of(&e, &self.client))?))
    }
}
