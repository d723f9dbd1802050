//! `PatientClient` where there is no network: what is kept while there is one, and how it opens.
use crate::{browser::Browser, error::Failure, input, patient::PatientClient};
use js_sys::Uint8Array;
use vestibule_core::cbor;
use vestibule_edge_crypto::{
    client::{Env as _, device::DeviceMemory},
    offline::{self, OfflineError},
};
use wasm_bindgen::prelude::*;

type Result<T> = core::result::Result<T, JsValue>;

impl From<OfflineError> for Failure {
    fn from(error: OfflineError) -> Self {
        Self::input(error.code())
    }
}

#[wasm_bindgen]
impl PatientClient {
    /// Registration of the unlocked patient (base32): after a change of the PIN what was kept for the last one is void.
    pub fn registration(&self) -> Result<String> {
        Ok(self
            .session
            .as_ref()
            .ok_or(Failure::input("locked"))?
            .offline_context(self.id())
            .registration
            .to_string())
    }

    /// Proves the PIN to the realms, and seals what with passkey and PIN opens this device without them. `prf` and `deviceSecret`
    /// are overwritten.
    #[wasm_bindgen(js_name = offlineShare)]
    pub async fn offline_share(
        &mut self,
        pin: String,
        prf: Uint8Array,
        blob: Vec<u8>,
        device_secret: Uint8Array,
        progress: JsValue,
    ) -> Result<Vec<u8>> {
        let prf = input::secret(&prf)?;
        self.unlock_device(pin.clone(), blob, device_secret, progress.clone()).await?;
        let session = self.session.as_ref().ok_or(Failure::input("locked"))?;
        let mut progress = input::progress(&progress);
        let sealed = session
            .offline_share(&mut Browser.rng(), self.id(), &prf, &pin, &mut progress)
            .map_err(Failure::from)?;
        Ok(cbor::to_vec(&sealed))
    }

    /// Seals what the page is to show without a network.
    #[wasm_bindgen(js_name = offlineKeep)]
    pub fn offline_keep(&self, view: &str) -> Result<Vec<u8>> {
        let session = self.session.as_ref().ok_or(Failure::input("locked"))?;
        Ok(cbor::to_vec(&session.keep(&mut Browser.rng(), self.id(), view.as_bytes())))
    }

    /// What `offlineKeep` sealed. `prf` and `deviceSecret` are overwritten.
    #[wasm_bindgen(js_name = offlineOpen)]
    #[expect(clippy::too_many_arguments, reason = "the form that JS calls")]
    pub fn offline_open(
        &self,
        pin: &str,
        prf: &Uint8Array,
        share: &[u8],
        kept: &[u8],
        blob: &[u8],
        device_secret: &Uint8Array,
        progress: &JsValue,
    ) -> Result<String> {
        let prf = input::secret(prf)?;
        let device = self.device(blob, device_secret)?;
        let [share, kept] = [share, kept].map(cbor::from_slice);
        let (Ok(share), Ok(kept)) = (share, kept) else { return Err(Failure::input("offline-wrong").into()) };
        let opened = device
            .open_kept(self.id(), &prf, pin, &share, &kept, &mut input::progress(progress))
            .map_err(Failure::from)?;
        text(&opened)
    }

    /// Seals the same under a passcode, for devices without a passkey: nothing of the way to the keys is in it.
    #[wasm_bindgen(js_name = passcodeKeep)]
    pub fn passcode_keep(&self, passcode: &str, view: &str, progress: &JsValue) -> Result<Vec<u8>> {
        let session = self.session.as_ref().ok_or(Failure::input("locked"))?;
        let context = session.offline_context(self.id());
        let mut progress = input::progress(progress);
        let local = offline::seal_appointments(
            &mut Browser.rng(),
            passcode,
            &context,
            view.as_bytes(),
            &mut progress,
        )
        .map_err(Failure::from)?;
        Ok(cbor::to_vec(&local))
    }

    /// What `passcodeKeep` sealed. `deviceSecret` is overwritten.
    #[wasm_bindgen(js_name = passcodeOpen)]
    pub fn passcode_open(
        &self,
        passcode: &str,
        kept: &[u8],
        blob: &[u8],
        device_secret: &Uint8Array,
        progress: &JsValue,
    ) -> Result<String> {
        let context = self.device(blob, device_secret)?.offline_context(self.id());
        let local = cbor::from_slice(kept).map_err(|_| Failure::input("offline-wrong"))?;
        let opened = offline::open_appointments(passcode, &context, &local, &mut input::progress(progress))
            .map_err(Failure::from)?;
        text(&opened)
    }

    fn device(&self, blob: &[u8], device_secret: &Uint8Array) -> Result<DeviceMemory> {
        let secret = input::secret(device_secret)?;
        Ok(DeviceMemory::open(self.id(), blob, &secret).map_err(Failure::from)?)
    }
}

fn text(bytes: &[u8]) -> Result<String> {
    Ok(core::str::from_utf8(bytes).map_err(|_| Failure::input("offline-wrong"))?.to_owned())
}
