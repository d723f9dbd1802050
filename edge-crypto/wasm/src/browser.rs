//! The clock and the generator of the worker that this module runs in.
use getrandom::SysRng;
use js_sys::Date;
use rand_core::UnwrapErr;
use vestibule_core::time::UnixSeconds;
use vestibule_edge_crypto::client::Env;

/// The browser's clock and generator.
#[derive(Debug)]
pub(crate) struct Browser;

impl Env for Browser {
    type Rng = UnwrapErr<SysRng>;

    fn now(&self) -> UnixSeconds {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "now, in seconds after 1970"
        )]
        let seconds = (Date::now() / 1000.0) as u64;
        UnixSeconds(seconds)
    }

    fn rng(&self) -> Self::Rng {
        UnwrapErr(SysRng)
    }
}
