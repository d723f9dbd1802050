//! What tests of several realms share.
use crate::{
    client::{Answer, Hooked, System, forward, hooked, run},
    http::Http,
    server::Server,
    world::{World, rng},
};
use vestibule_channel::{PlatformSecret, seal_request};
use vestibule_core::{routes::Route, wire::realm::RealmReply};
use vestibule_edge_crypto::client::{
    Client, ClientError, Request, Session, Transport, TransportError,
    realm::{RealmAt, realms},
};

/// A PIN to change to.
pub const NEXT_PIN: &str = "90210773";

/// The realm with this index, from 1.
pub fn at(world: &World, index: u8) -> RealmAt {
    realms(world.practice.id(), world.practice.directory.deployment()).swap_remove(usize::from(index) - 1)
}

/// Unlocks on a device that the patient has not used before.
pub fn unlock<T: Transport>(
    client: &Client<T, System>,
    world: &World,
    session: &Session,
    pin: &str,
) -> Result<Session, ClientError> {
    run(client.unlock(&world.practice, session.patient, pin, &[], &mut |_, _| {})).map(|u| u.session)
}

/// A client for whom the server behind an origin is down.
pub fn without(world: &World, down: &Server) -> Client<Hooked<impl Fn(&Http, Request) -> Answer>, System> {
    let down = down.url.clone();
    hooked(&world.http, move |http, request| {
        let target = request.origin.clone().unwrap_or_default();
        if target == down { Err(TransportError) } else { forward(http, &request) }
    })
}

/// A client for whom one realm lies: it opens the request, asks the true realm the same, and seals another answer. Only whoever has the
/// platform secret can; the realm itself can.
///
/// # Panics
/// If the server has no platform secret to read, or the client's request does not open.
#[expect(clippy::unwrap_used, reason = "a fixture")]
pub fn liar<'a>(
    world: &World,
    server: &Server,
    lie: impl Fn(RealmReply) -> RealmReply + 'a,
) -> Client<Hooked<impl Fn(&Http, Request) -> Answer + 'a>, System> {
    let realm = PlatformSecret::from_bytes(&server.platform_secret().unwrap()).realm();
    let url = server.url.clone();
    hooked(&world.http, move |http, mut request| {
        if request.origin.as_ref().is_some_and(|origin| *origin != url) || request.route != Route::Realm {
            return forward(http, &request);
        }
        // Opens the request as the realm does, asks for the true answer, and seals another one.
        let asked = request.body.take().unwrap();
        let (inner, reply_key) = realm.open(&asked).unwrap();
        let (body, pending) = seal_request(&mut rng(), realm.public_key(), &inner).unwrap();
        let mut answer = forward(http, &Request { body: Some(body), ..request })?;
        let truth = pending.open(&answer.body).unwrap();
        answer.body = reply_key.seal(&mut rng(), &lie(truth));
        Ok(answer)
    })
}
