//! Pages of other deployments: what a realm is asked they may ask and read, without credentials; of everything else a browser
//! tells them nothing. The table of routes says which is which, so a new route is closed unless it says otherwise.
//!
//! Bites: `Access::Realm` on a staff route, or an answer that allows every origin.
#![expect(clippy::unwrap_used, reason = "tests")]
use vestibule_core::{
    bytes::to_base64url,
    ids::{AppointmentId, PracticeId},
    routes::{Access, Method, ROUTES, Route, RouteInfo},
};
use vestibule_tests::{
    http::{Answer, CBOR, Call, Http},
    samples,
    world::World,
};

const ELSEWHERE: &str = "https://elsewhere.example";

fn path(route: &RouteInfo, practice: PracticeId) -> String {
    let appointment = AppointmentId([7; 16]);
    route
        .pattern
        .replace("{practice}", &practice.to_string())
        .replace("{appointment}", &appointment.to_string())
        .replace("{entry}", &appointment.to_string())
}

/// What an answer tells the browser about other origins' pages.
fn told(answer: &Answer) -> Vec<(&str, &str)> {
    let sharing = |(name, _): &&(String, String)| name.starts_with("access-control-");
    answer.headers.iter().filter(sharing).map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

fn header<'a>(answer: &'a Answer, name: &str) -> Option<&'a str> {
    told(answer).into_iter().find(|(n, _)| *n == name).map(|(_, value)| value)
}

fn from_elsewhere(method: &str, path: &str) -> Call {
    Call { headers: vec![("origin".into(), ELSEWHERE.into())], ..Call::new(method, path) }
}

fn preflight(http: &Http, path: &str, method: Method) -> Answer {
    let mut call = from_elsewhere("OPTIONS", path);
    call.headers.push(("access-control-request-method".into(), method.as_str().into()));
    call.headers.push(("access-control-request-headers".into(), "authorization,content-type".into()));
    http.call(&call).unwrap()
}

#[test]
fn a_browser_may_ask_from_elsewhere_what_a_realm_answers_and_nothing_else() {
    let world = World::shared();
    let (http, practice) = (&world.http, world.practice.id());
    let mut open = Vec::new();
    for route in ROUTES {
        let path = path(route, practice);
        let asked = preflight(http, &path, route.method);
        if route.access != Access::Realm {
            assert_eq!(told(&asked), [], "{}", route.name);
            assert!(asked.status >= 400, "{}: {}", route.name, asked.status);
            continue;
        }
        open.push(route.name);
        assert_eq!(asked.status, 204, "{}", route.name);
        assert_eq!(header(&asked, "access-control-allow-origin"), Some("*"), "{}", route.name);
        let methods = header(&asked, "access-control-allow-methods").unwrap();
        assert!(methods.split(", ").any(|m| m == route.method.as_str()), "{}: {methods}", route.name);
        // No Authorization: a session's token cannot be sent from there.
        assert_eq!(header(&asked, "access-control-allow-headers"), Some("content-type"), "{}", route.name);
        assert_eq!(header(&asked, "access-control-allow-credentials"), None, "{}", route.name);
    }
    assert_eq!(open, ["RealmDescription", "Realm", "Challenge"]);
    assert!(ROUTES.iter().all(|r| r.access != Access::Realm || !r.pattern.contains("{appointment}")));
}

#[test]
fn answers_of_all_other_routes_stay_closed_even_with_a_session() {
    let world = World::shared();
    let practice = world.practice.id();
    for route in ROUTES {
        let mut call = from_elsewhere(route.method.as_str(), &path(route, practice));
        if route.method != Method::Get {
            let body = samples::body(route.name, practice).unwrap().cbor;
            call = Call { headers: call.headers.clone(), ..call.with_body(CBOR, body) };
        }
        if route.access == Access::Staff {
            call.authorization = Some(format!("Bearer {}", to_base64url(&world.staff_token().0)));
        }
        let answer = world.http.call(&call).unwrap();
        let want: &[(&str, &str)] =
            if route.access == Access::Realm { &[("access-control-allow-origin", "*")] } else { &[] };
        // Problems of a realm are read too: the page has to say what is wrong.
        assert_eq!(told(&answer), want, "{}: {}", route.name, answer.status);
    }
}

#[test]
fn pages_outbox_and_unknown_paths_are_closed() {
    let http = &World::shared().http;
    for path in ["/", "/b/", "/realms.json", "/dev/outbox.json", "/v1/none", "/v1/realm/", "/v1/practices"] {
        assert_eq!(told(&http.call(&from_elsewhere("GET", path)).unwrap()), [], "{path}");
        assert_eq!(told(&preflight(http, path, Method::Get)), [], "{path}");
    }
}

#[test]
fn a_realm_sets_no_cookie_and_reads_none() {
    let http = &World::shared().http;
    let mut call = from_elsewhere("GET", &Route::RealmDescription.path());
    let plain = http.call(&call).unwrap();
    call.headers.push(("cookie".into(), "session=1".into()));
    call.authorization = Some("Bearer AAAA".into());
    let with = http.call(&call).unwrap();
    assert_eq!((plain.status, &plain.body), (200, &with.body));
    assert!(plain.headers.iter().chain(&with.headers).all(|(name, _)| name != "set-cookie"));
}
