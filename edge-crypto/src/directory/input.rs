//! What founding starts from: the wizard's input, the realms to use, what the passkey gave.
use crate::{random::id16, sign::SignError};
use vestibule_core::{
    ids::{KeyHash, PracticeId, ResourceId, ServiceId},
    suite::Suite,
    wire::catalog::{Catalog, Resource, Service, WeeklyInterval},
};
use vestibule_suite::{CryptoRng, Secret32};
use vestibule_verify::catalog::validate;

/// Name, contact, time zone and language of a new practice.
#[derive(Debug, Clone)]
pub struct Profile {
    /// The practice's name.
    pub name: String,
    /// Address and phone.
    pub contact: String,
    /// IANA time zone.
    pub time_zone: String,
    /// BCP 47 language.
    pub language: String,
}

/// A resource as typed into the wizard.
#[derive(Debug, Clone)]
pub struct NewResource {
    /// Display name.
    pub name: String,
    /// Weekly hours.
    pub hours: Vec<WeeklyInterval>,
}

/// A service as typed into the wizard.
#[derive(Debug, Clone)]
pub struct NewService {
    /// Display name.
    pub name: String,
    /// One or two sentences; may be empty.
    pub description: String,
    /// Duration in minutes.
    pub minutes: u16,
    /// Positions in the list of resources.
    pub resources: Vec<usize>,
}

/// A realm that is to guard PINs, as its operator describes it. At founding the page's own deployment.
#[derive(Debug, Clone)]
pub struct RealmToUse {
    /// Origin.
    pub origin: String,
    /// X-Wing public key.
    pub kem_key: Vec<u8>,
    /// Hash of the key that it signs with.
    pub signing: Option<KeyHash>,
}

/// What the passkey contributed.
#[derive(Debug)]
pub struct Sealing<'a> {
    /// WebAuthn credential id.
    pub credential_id: &'a [u8],
    /// PRF output.
    pub prf: &'a Secret32,
}

/// Why the wizard's input makes no practice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FoundingError {
    /// Names, hours or services break a rule of catalogs.
    #[error("the catalog is not valid")]
    Catalog,
    /// A realm's key or the threshold is not usable.
    #[error("a realm cannot be used")]
    Realm,
    /// Two of the realms are one server, under two names or the same.
    #[error("a realm is named twice")]
    RealmTwice,
    /// Signing failed.
    #[error(transparent)]
    Sign(#[from] SignError),
}

impl FoundingError {
    /// Stable code for pages and tests.
    pub fn code(self) -> &'static str {
        match self {
            Self::Catalog => "catalog-invalid",
            Self::Realm => "realm-unusable",
            Self::RealmTwice => "realm-twice",
            Self::Sign(_) => "sign-failed",
        }
    }
}

/// The first catalog: the wizard's input under fresh ids, checked by the rules that every client applies.
pub(super) fn new_catalog(
    rng: &mut impl CryptoRng,
    practice: PracticeId,
    profile: Profile,
    resources: Vec<NewResource>,
    services: Vec<NewService>,
) -> Result<Catalog, FoundingError> {
    let resources: Vec<Resource> = resources
        .into_iter()
        .map(|r| Resource { id: ResourceId(id16(rng)), name: r.name, hours: r.hours, schedule: None })
        .collect();
    let services = services
        .into_iter()
        .map(|s| {
            let offered = s
                .resources
                .iter()
                .map(|&at| resources.get(at).map(|r| r.id).ok_or(FoundingError::Catalog))
                .collect::<Result<Vec<_>, FoundingError>>()?;
            Ok(Service {
                id: ServiceId(id16(rng)),
                name: s.name,
                description: s.description,
                minutes: s.minutes,
                resources: offered,
                classes: None,
                price: None,
                questions: None,
                together: None,
            })
        })
        .collect::<Result<Vec<_>, FoundingError>>()?;
    let catalog = Catalog {
        suite: Suite::V1,
        practice,
        number: 1,
        name: profile.name,
        contact: profile.contact,
        time_zone: profile.time_zone,
        language: profile.language,
        resources,
        services,
        rules: None,
    };
    validate(&catalog).map_err(|_| FoundingError::Catalog)?;
    Ok(catalog)
}
