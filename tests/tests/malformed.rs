//! Malformed, truncated, oversized, deeply nested, wrong-suite, wrongly typed and wrongly addressed input on every route
//! of the table and every operation inside the seal: a problem of the 4xx kind or a sealed refusal, never a 500, and
//! nothing stored.
//!
//! Bites: the row count noticed a single session that the fixture itself had opened in between.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]
use std::{
    collections::BTreeMap,
    io::{Read as _, Write as _},
    net::TcpStream,
    sync::{Mutex, MutexGuard, PoisonError},
};
use vestibule_core::{
    bytes::to_base64url,
    cbor,
    ids::{AppointmentId, Digest, KeyHash, PatientId, PracticeId},
    limits,
    problem::ProblemKind,
    routes::{Access, Method, ROUTES, RouteInfo},
    suite::{Suite, namespace},
    wire::{
        envelope::Sealed,
        pow::Purpose,
        realm::{
            Authorization, Confirm, Descriptor, Evaluate, Mode, Put, RealmOp, RealmReply, RealmRequest,
            Redeem, ReplyContext, RequestContext, SealedRequest, VaultPut, VoucherRequest,
        },
    },
};
use vestibule_suite::{Secret32, hpke_sender, key_hash_kem, open, seal, sha256};
use vestibule_tests::{
    breaks::{broken, other_lengths, wrong_suites},
    client::run,
    http::{Answer, CBOR, Call, Http, JSON},
    samples, storage,
    world::{World, rng},
};

/// Tables whose rows count requests: they grow with every request, well-formed or not.
const COUNTERS: &[&str] = &[":rates"];

/// Tests that count rows must not run beside tests that make some.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

fn alone() -> MutexGuard<'static, ()> {
    // A failed test leaves nothing behind that the next one minds.
    ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner)
}

fn path(route: &RouteInfo, world: &World) -> String {
    route
        .pattern
        .replace("{practice}", &world.practice.id().to_string())
        .replace("{appointment}", &AppointmentId([12; 16]).to_string())
        .replace("{entry}", &AppointmentId([12; 16]).to_string())
        .replace("{memo}", &AppointmentId([12; 16]).to_string())
}

/// The answer must blame the caller, in a form from the closed list, and name the right status.
fn assert_problem(what: &str, answer: &Answer) {
    assert!(
        (400..500).contains(&answer.status),
        "{what}: {} {:?}",
        answer.status,
        String::from_utf8_lossy(&answer.body)
    );
    let slug = match answer.content_type.as_str() {
        "application/problem+json" => {
            let json: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
            json["type"].as_str().unwrap().strip_prefix("urn:vestibule:problem:").unwrap().to_owned()
        }
        "application/concise-problem-details+cbor" => {
            vestibule_edge_crypto::client::problem::decode(&answer.body).unwrap().kind.slug().to_owned()
        }
        other => panic!("{what}: {} of type {other:?}", answer.status),
    };
    let kind = ProblemKind::from_slug(&slug).unwrap_or_else(|| panic!("{what}: unknown problem {slug}"));
    assert_eq!(kind.status(), answer.status, "{what}: {slug}");
}

/// Rows of each table. The fixture's own session and all guard shards come first: the first touch of a shard makes its
/// tables.
fn counts(world: &World) -> BTreeMap<String, u64> {
    world.staff_token();
    for shard in 0..16 {
        run(world.client().begin_at(&world.realm(), PatientId([shard; 16]))).unwrap();
    }
    let mut counts = storage::row_counts(&world.server.data().unwrap()).unwrap();
    counts.retain(|table, _| !COUNTERS.iter().any(|counter| table.ends_with(counter)));
    let actors: u64 =
        counts.iter().filter(|(table, _)| table.ends_with(":actors")).map(|(_, rows)| rows).sum();
    assert!(actors >= 17, "the wrong folder: {counts:?}");
    counts
}

fn assert_same(before: &BTreeMap<String, u64>, after: &BTreeMap<String, u64>) {
    let changed: Vec<_> = after.iter().filter(|(table, rows)| before.get(*table) != Some(*rows)).collect();
    assert!(
        changed.is_empty() && before.len() == after.len(),
        "malformed input changed the storage: {changed:?}"
    );
}

fn send(http: &Http, route: &RouteInfo, world: &World, content_type: &str, body: Vec<u8>) -> Answer {
    let mut call = Call::new(route.method.as_str(), &path(route, world)).with_body(content_type, body);
    if route.access == Access::Staff {
        call.authorization = Some(format!("Bearer {}", to_base64url(&world.staff_token().0)));
    }
    http.call(&call).unwrap()
}

#[test]
fn every_route_refuses_malformed_bodies_and_stores_nothing() {
    let _alone = alone();
    let world = World::shared();
    let http = &world.http;
    let before = counts(world);
    for route in ROUTES.iter().filter(|r| r.method != Method::Get) {
        let sample = samples::body(route.name, world.practice.id()).unwrap();
        for (content_type, bytes) in [(CBOR, &sample.cbor), (JSON, &sample.json)] {
            if bytes.is_empty() {
                continue;
            }
            for (how, body) in broken(bytes, content_type == JSON) {
                let what = format!("{} as {content_type}: {how}", route.name);
                assert_problem(&what, &send(http, route, world, content_type, body));
            }
        }
        for (at, body) in wrong_suites(&sample.cbor).into_iter().enumerate() {
            assert_problem(
                &format!("{}: wrong suite {at}", route.name),
                &send(http, route, world, CBOR, body),
            );
        }
        for content_type in [
            "text/plain",
            "application/octet-stream",
            "multipart/form-data; boundary=x",
            "",
            "application/cbor/x",
        ] {
            if !sample.cbor.is_empty() {
                let answer = send(http, route, world, content_type, sample.cbor.clone());
                assert_problem(&format!("{} as {content_type:?}", route.name), &answer);
            }
        }
    }
    assert_same(&before, &counts(world));
}

/// Sends a head and as much of the body as the server wants to have, and returns the status. Plain TCP, since a server that
/// refuses early closes, and a client library that still writes would miss the answer.
fn status_of(world: &World, head: &str, body: &[u8]) -> u16 {
    let address = world.http.base().trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(head.replace("HOST", address).as_bytes()).unwrap();
    // The rest may meet a closed connection: then the answer is there already.
    let _ = stream.write_all(body);
    let mut answer = Vec::new();
    let mut chunk = [0; 1024];
    while !answer.windows(4).any(|w| w == b"\r\n\r\n") {
        match stream.read(&mut chunk) {
            Ok(0) | Err(_) => break,
            Ok(n) => answer.extend_from_slice(&chunk[..n]),
        }
    }
    let text = String::from_utf8_lossy(&answer);
    text.split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok())
        .unwrap_or_else(|| panic!("no answer: {text:?}"))
}

#[test]
fn oversized_bodies_are_refused_before_they_are_read() {
    let _alone = alone();
    let world = World::shared();
    for route in ROUTES.iter().filter(|r| r.method != Method::Get) {
        let head = |length: &str| {
            format!(
                "{} {} HTTP/1.1\r\nhost: HOST\r\ncontent-type: {CBOR}\r\naccept: {CBOR}\r\nauthorization: Bearer {}\r\n{length}\r\n\r\n",
                route.method.as_str(),
                path(route, world),
                to_base64url(&world.staff_token().0)
            )
        };
        // The length is told: refused by the head alone.
        for excess in [1, 1 << 20, 1 << 40] {
            let told = head(&format!("content-length: {}", route.body_limit + excess));
            assert_eq!(status_of(world, &told, &[]), 413, "{} with {excess} too many", route.name);
        }
        // It is not told: refused as soon as there is too much, although the body never ends.
        let size = route.body_limit + 1;
        let mut chunk = format!("{size:x}\r\n").into_bytes();
        chunk.extend(std::iter::repeat_n(0x81, size));
        chunk.extend_from_slice(b"\r\n");
        assert_eq!(
            status_of(world, &head("transfer-encoding: chunked"), &chunk),
            413,
            "{} in chunks",
            route.name
        );
    }
}

/// Values of other lengths inside of what is well-formed: where a field has one length, that is the caller's fault.
#[test]
fn strings_of_other_lengths_are_never_our_fault() {
    let _alone = alone();
    let world = World::shared();
    let before = counts(world);
    let mut seen = 0;
    for route in ROUTES.iter().filter(|r| r.method != Method::Get) {
        let sample = samples::body(route.name, world.practice.id()).unwrap();
        for (how, body) in other_lengths(&sample.cbor) {
            let answer = send(&world.http, route, world, CBOR, body);
            assert!(answer.status < 500, "{}: {} for {how}", route.name, answer.status);
            seen += 1;
        }
    }
    assert!(seen > 100, "only {seen} cases");
    assert_same(&before, &counts(world));
}

/// Random bit flips: most are malformed, some are well-formed and wrong; none may be our fault.
#[test]
fn flipped_bits_are_never_our_fault() {
    let _alone = alone();
    let world = World::shared();
    let mut seed = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = |below: usize| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        usize::try_from(seed % below as u64).unwrap()
    };
    for route in ROUTES.iter().filter(|r| r.method != Method::Get) {
        let sample = samples::body(route.name, world.practice.id()).unwrap();
        for (content_type, bytes) in [(CBOR, &sample.cbor), (JSON, &sample.json)] {
            if bytes.is_empty() {
                continue;
            }
            for _ in 0..40 {
                let mut body = bytes.clone();
                for _ in 0..=next(3) {
                    // Headers are where the structure is: half of the flips go to the first 64 bytes.
                    let span = if next(2) == 0 { body.len().min(64) } else { body.len() };
                    let at = next(span);
                    body[at] ^= 1 << next(8);
                }
                let answer = send(&world.http, route, world, content_type, body.clone());
                assert!(answer.status < 500, "{}: {} for {}", route.name, answer.status, to_base64url(&body));
            }
        }
    }
}

#[test]
fn wrong_methods_are_told() {
    let _alone = alone();
    let world = World::shared();
    for route in ROUTES {
        let path = path(route, world);
        let taken: Vec<&str> =
            ROUTES.iter().filter(|r| r.pattern == route.pattern).map(|r| r.method.as_str()).collect();
        for method in ["GET", "POST", "PUT", "DELETE", "PATCH"] {
            if !taken.contains(&method) {
                // On a connection of its own: what refuses early may close it.
                let answer = Http::new(world.http.base()).call(&Call::new(method, &path)).unwrap();
                assert_problem(&format!("{method} {path}"), &answer);
                assert_eq!(answer.status, 405, "{method} {path}");
            }
        }
    }
}

#[test]
fn wrong_paths_queries_and_sessions_are_the_callers_fault() {
    let _alone = alone();
    let world = World::shared();
    let id = world.practice.id().to_string();
    let nobody = PracticeId([0x5a; 16]).to_string();
    let long = "a".repeat(8_000);
    let mut paths: Vec<String> =
        vec!["/v1".into(), "/v1/".into(), "/v1/nonsense".into(), "/v1/realm/x".into()];
    for bad in ["x", "%00", "%2e%2e", &id.to_uppercase(), &id[1..], &format!("{id}a"), &long, &nobody] {
        paths.push(format!("/v1/practices/{bad}/directory"));
        paths.push(format!("/v1/practices/{bad}/slots?resources=x&minutes=15&from=2026-01-05&days=7"));
    }
    let resource = world.practice.directory.catalog().resources[0].id.to_string();
    for query in [
        String::new(),
        "?".into(),
        "?minutes=15".into(),
        format!("?resources={resource}"),
        format!("?resources={resource}&minutes=0&from=2026-01-05&days=7"),
        format!("?resources={resource}&minutes=7&from=2026-01-05&days=7"),
        format!("?resources={resource}&minutes=99999999999999999999&from=2026-01-05&days=7"),
        format!("?resources={resource}&minutes=15&from=2026-13-45&days=7"),
        format!("?resources={resource}&minutes=15&from=-999999999-01-01&days=7"),
        format!("?resources={resource}&minutes=15&from=2026-01-05&days=4000000000"),
        format!("?resources={resource}&minutes=15&from=2026-01-05&days=0"),
        format!("?resources={resource}&minutes=15&minutes=15&from=2026-01-05&days=7&extra=1"),
        format!("?{}minutes=15&from=2026-01-05&days=7", format!("resources={resource}&").repeat(200)),
        format!("?resources={long}&minutes=15&from=2026-01-05&days=7"),
        "?resources=%ff%fe&minutes=15&from=%00&days=7".into(),
    ] {
        paths.push(format!("/v1/practices/{id}/slots{query}"));
    }
    for path in paths {
        assert_problem(&path, &world.http.call(&Call::new("GET", &path)).unwrap());
    }
    for route in ROUTES.iter().filter(|r| r.access == Access::Staff) {
        let path = |route: &RouteInfo, world: &World| {
            let query = if route.name == "Calendar" { "?from=0&to=300" } else { "" };
            format!("{}{query}", path(route, world))
        };
        for header in [
            None,
            Some(""),
            Some("Bearer"),
            Some("Bearer x"),
            Some("Basic YTpi"),
            Some(&*format!("Bearer {long}")),
        ] {
            let mut call = Call::new(route.method.as_str(), &path(route, world));
            if route.method != Method::Get {
                call = call.with_body(CBOR, samples::body(route.name, world.practice.id()).unwrap().cbor);
            }
            call.authorization = header.map(str::to_owned);
            let answer = world.http.call(&call).unwrap();
            assert_problem(&format!("{} with {header:?}", route.name), &answer);
            assert_eq!(answer.status, 401, "{} with {header:?}", route.name);
        }
        // A token of the right shape that nobody issued.
        let mut call = Call::new(route.method.as_str(), &path(route, world));
        call.authorization = Some(format!("Bearer {}", to_base64url(&[7; 32])));
        if route.method != Method::Get {
            call = call.with_body(CBOR, samples::body(route.name, world.practice.id()).unwrap().cbor);
        }
        assert_eq!(world.http.call(&call).unwrap().status, 401, "{}", route.name);
    }
}

/// Seals any bytes as a realm request, which the real client cannot: it seals typed requests only.
fn seal_bytes(world: &World, plaintext: &[u8]) -> (Vec<u8>, Secret32, ReplyContext) {
    let key = world.realm().realm.kem_key;
    let realm = key_hash_kem(&key);
    let context = RequestContext { realm };
    let info = (Suite::V1, namespace::REALM_REQUEST, &context);
    let (enc, exporter) = hpke_sender(&mut rng(), &key, &info).unwrap();
    let export = |ns: &str| exporter.export(&(Suite::V1, ns, "key"));
    let sealed =
        seal(&mut rng(), &export(namespace::REALM_REQUEST), namespace::REALM_REQUEST, &context, plaintext);
    let body = cbor::to_vec(&SealedRequest { suite: Suite::V1, realm, enc: enc.into(), sealed });
    let context = ReplyContext { realm, request: sha256(&[&body]) };
    (body, export(namespace::REALM_REPLY), context)
}

/// Posts any bytes inside the seal: a 4xx problem, or a sealed answer.
fn post_sealed(world: &World, what: &str, plaintext: &[u8]) -> Option<RealmReply> {
    let (body, key, context) = seal_bytes(world, plaintext);
    let answer = world.http.call(&Call::new("POST", "/v1/realm").with_body(CBOR, body)).unwrap();
    if answer.status != 200 {
        assert_problem(what, &answer);
        return None;
    }
    let sealed: Sealed = cbor::from_slice(&answer.body).unwrap();
    let reply = open(&key, namespace::REALM_REPLY, &context, &sealed).unwrap();
    Some(cbor::from_slice(&reply).unwrap())
}

#[expect(clippy::needless_pass_by_value, reason = "reads better at the calls")]
fn assert_refused(what: &str, reply: Option<RealmReply>) {
    assert!(matches!(reply, None | Some(RealmReply::Refused(_))), "{what}: {reply:?}");
}

#[test]
fn every_sealed_operation_refuses_malformed_requests_and_stores_nothing() {
    let _alone = alone();
    let world = World::shared();
    let practice = world.practice.id();
    let patient = PatientId([0x6b; 16]);
    let before = counts(world);
    for (name, op) in samples::operations(practice, patient) {
        let good = cbor::to_vec(&RealmRequest { practice, op: op.clone(), deployment: None });
        for (how, bytes) in broken(&good, false) {
            let what = format!("{name}: {how}");
            assert!(post_sealed(world, &what, &bytes).is_none(), "{what} was taken");
        }
        for bytes in wrong_suites(&good) {
            // The byte may have been another 1 than a suite: then the request stands, and is refused for what it is.
            assert_refused(&format!("{name}: wrong suite"), post_sealed(world, name, &bytes));
        }
        for (how, bytes) in other_lengths(&good) {
            assert_refused(&format!("{name}: {how}"), post_sealed(world, name, &bytes));
        }
        // Well-formed and senseless: no proof of work, no such patient, elements and scalars that are none.
        let reply = post_sealed(world, name, &good);
        match op {
            RealmOp::Begin(_) => assert!(matches!(reply, Some(RealmReply::Begun(_))), "{reply:?}"),
            _ => assert_refused(name, reply),
        }
        let elsewhere =
            cbor::to_vec(&RealmRequest { practice: PracticeId([0x5a; 16]), op, deployment: None });
        assert_refused(&format!("{name} in no practice"), post_sealed(world, name, &elsewhere));
    }
    assert_same(&before, &counts(world));
}

#[test]
fn senseless_values_inside_the_seal_are_refused() {
    let _alone = alone();
    let world = World::shared();
    let practice = world.practice.id();
    let patient = PatientId([0x6c; 16]);
    let send = |what: &str, op: RealmOp| {
        assert_refused(
            what,
            post_sealed(world, what, &cbor::to_vec(&RealmRequest { practice, op, deployment: None })),
        );
    };
    let begun = run(world.client().begin_at(&world.realm(), patient)).unwrap();
    let registration = cbor::from_slice::<Descriptor>(&begun.active).unwrap().registration;
    // The identity, all ones, and a field element that is not canonical.
    for (at, blinded) in [[0; 32], [0xff; 32], [0x01; 32]].map(Digest).into_iter().enumerate() {
        let op = Evaluate { patient, registration, blinded, device: None, ticket: None };
        send(&format!("element {at}"), RealmOp::Evaluate(op));
    }
    let (handle, mac, mode) = (Digest([1; 32]), Digest([2; 32]), Mode::NewDevice);
    for count in [0, 2, 5, 500] {
        let handles = vec![handle; count];
        send(&format!("{count} handles"), RealmOp::Confirm(Confirm { patient, handles, mac, mode }));
    }
    for code in ["", "12345", "1234567", "12345a", "１２３４５６", "' OR 1=1", &"1".repeat(50_000)] {
        send(code, RealmOp::Redeem(Redeem { patient, code: code.into() }));
    }
    for email in [
        "",
        "x",
        "@",
        "a@",
        "a@b@c.example",
        "a b@c.example",
        "a\0@c.example",
        &format!("{}@c.example", "a".repeat(60_000)),
    ] {
        let work = run(world.client().work(practice, Purpose::Voucher, patient.0)).unwrap();
        let request = VoucherRequest {
            patient,
            email: email.into(),
            locale: "en".into(),
            work,
            located: samples::located(),
        };
        send(email, RealmOp::Voucher(request));
    }
    let put = |change: &dyn Fn(&mut Descriptor)| {
        let mut descriptor = samples::descriptor(practice, patient);
        change(&mut descriptor);
        RealmOp::Put(Put {
            descriptor: cbor::to_vec(&descriptor).into(),
            key_hash: KeyHash([1; 32]),
            oprf_share: Digest([1; 32]),
            unlock_key: Digest([1; 32]),
            masked_share: Digest([1; 32]),
            authorization: Authorization::Ticket(Digest([1; 32])),
        })
    };
    send("no realm", put(&|d| d.realms.clear()));
    send("255 realms", put(&|d| d.realms = vec![KeyHash([1; 32]); 255]));
    send("threshold 0", put(&|d| d.threshold = 0));
    send("another practice", put(&|d| d.practice = PracticeId([3; 16])));
    // A vault larger than its limit, within the body's.
    let vault = vec![0x42; limits::VAULT_BYTES + 2_000];
    let (device, expected) = (Digest([1; 32]), Digest([0; 32]));
    send("a large vault", RealmOp::VaultPut(VaultPut { patient, device, expected, vault: vault.into() }));
}
