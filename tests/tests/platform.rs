//! What the adapters do themselves: pages, mail, callers' addresses, jobs, several processes on one database. A case that only
//! one runtime can have says so by `Runtime::only`.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]
use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpListener,
    sync::{
        Barrier,
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    thread,
};
use vestibule_core::{
    ids::AppointmentId,
    limits,
    problem::ProblemKind,
    routes::Route,
    time::{CELL_SECONDS, Cell},
    wire::{
        appointment::Place,
        http::{Held, Hold},
        pow::Purpose,
        realm::Refusal,
    },
};
use vestibule_edge_crypto::client::ClientError;
use vestibule_tests::{
    client::{direct, forward, hooked, run},
    http::{Call, Http},
    raw::{enrol, guess},
    server::{Options, Runtime, Server},
    world::{World, fresh_email, random},
};

fn server(options: &Options) -> &'static Server {
    Box::leak(Box::new(Server::start(options).unwrap()))
}

fn var(name: &str, value: impl Into<String>) -> (String, String) {
    (name.to_owned(), value.into())
}

/// `_headers` of the bundle: the one source of both runtimes.
fn bundle_headers(block: &str) -> Vec<(String, String)> {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../web/dist/_headers");
    let text = std::fs::read_to_string(file).unwrap();
    let lines = text.lines().skip_while(|line| *line != block).skip(1);
    lines
        .take_while(|line| line.starts_with(' '))
        .filter_map(|line| line.trim().split_once(": "))
        .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
        .collect()
}

#[test]
fn pages_come_with_the_headers_of_the_bundle() {
    let http = Http::new(&Server::shared().url);
    let get = |path: &str| http.call(&Call::new("GET", path)).unwrap();
    let all = bundle_headers("/*");
    assert!(all.len() >= 10, "{all:?}");
    for path in ["/", "/b/", "/me/", "/practice/"] {
        let page = get(path);
        assert_eq!((page.status, page.content_type.as_str()), (200, "text/html"), "{path}");
        for header in &all {
            assert!(page.headers.contains(header), "{path} lacks {header:?}: {:?}", page.headers);
        }
        let tag = page.headers.iter().find(|(name, _)| name == "etag").unwrap().1.clone();
        let again = Call { headers: vec![("if-none-match".into(), tag)], ..Call::new("GET", path) };
        let again = http.call(&again).unwrap();
        assert_eq!((again.status, again.body.len()), (304, 0), "{path}");
        let head = http.call(&Call::new("HEAD", path)).unwrap();
        assert_eq!((head.status, head.body.len()), (200, 0), "{path}");
    }
    // What other sites may frame is one page, on which nothing is typed.
    let widget = get("/w/");
    let value = |name: &str| widget.headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str());
    let policy = value("content-security-policy").unwrap();
    assert_eq!((widget.status, value("x-frame-options")), (200, None));
    assert!(policy.contains("frame-ancestors *") && policy.contains("default-src 'none'"), "{policy}");
    assert!(
        !policy.contains("wasm") && !policy.contains("worker-src") && policy.contains("form-action 'none'")
    );
    let index = String::from_utf8(get("/").body).unwrap();
    let (_, rest) = index.split_once("src=\"/assets/").unwrap();
    let asset = get(&format!("/assets/{}", rest.split('"').next().unwrap()));
    assert_eq!((asset.status, asset.content_type.as_str()), (200, "text/javascript"));
    let cached: Vec<&str> =
        asset.headers.iter().filter(|(name, _)| name == "cache-control").map(|(_, v)| v.as_str()).collect();
    assert_eq!(cached, [bundle_headers("/assets/*")[0].1.as_str()]);
    for path in ["/b", "/practice"] {
        let moved = get(path);
        let to = moved.headers.iter().find(|(name, _)| name == "location").map(|(_, to)| to.as_str());
        assert_eq!((moved.status, to), (307, Some(format!("{path}/").as_str())), "{path}");
    }
    for path in ["/_headers", "/none", "/assets/", "/../Cargo.toml", "/%2e%2e/Cargo.toml"] {
        assert_eq!(get(path).status, 404, "{path}");
    }
}

/// A mail relay that answers each request with the next of these statuses, and tells what it was sent.
fn relay(statuses: &'static [u16]) -> (String, mpsc::Receiver<(String, serde_json::Value)>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let (tell, told) = mpsc::channel();
    thread::spawn(move || {
        for (stream, status) in listener.incoming().zip(statuses) {
            let mut stream = stream.unwrap();
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let (mut head, mut length) = (String::new(), 0);
            loop {
                let mut line = String::new();
                reader.read_line(&mut line).unwrap();
                if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
                    length = value.trim().parse().unwrap();
                }
                if line.trim().is_empty() {
                    break;
                }
                head.push_str(&line);
            }
            let mut body = vec![0; length];
            if length > 0 {
                reader.read_exact(&mut body).unwrap();
            } else {
                body = chunked(&mut reader);
            }
            write!(stream, "HTTP/1.1 {status} X\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").unwrap();
            tell.send((head, serde_json::from_slice(&body).unwrap())).unwrap();
        }
    });
    (origin, told)
}

/// A body in chunks.
fn chunked(reader: &mut impl std::io::BufRead) -> Vec<u8> {
    let mut body = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        let size = usize::from_str_radix(line.trim(), 16).unwrap();
        let mut chunk = vec![0; size + 2];
        reader.read_exact(&mut chunk).unwrap();
        if size == 0 {
            return body;
        }
        body.extend_from_slice(&chunk[..size]);
    }
}

fn mailing(relay: &str) -> Vec<(String, String)> {
    vec![
        var("MAIL", "https"),
        var("MAIL_URL", format!("{relay}/send")),
        // Spin wants to know whom a component may call.
        var("MAIL_HOST", relay),
        var("MAIL_TOKEN", "relay-token"),
        var("MAIL_FROM", "praxis@example.org"),
        var("JOBS_TOKEN", "jobs-token"),
    ]
}

#[test]
fn codes_go_to_the_mail_relay() {
    let (origin, told) = relay(&[202]);
    let server = server(&Options { vars: mailing(&origin), ..Options::default() });
    let world = World::found(server);
    let (client, email) = (world.client(), fresh_email());
    let located = run(client.locate(&world.practice, &email, &mut |_, _| {})).unwrap();
    run(client.request_code(&world.practice, &located, "de")).unwrap();
    let (head, mail) = told.recv().unwrap();
    let head = head.to_lowercase();
    assert!(head.starts_with("post /send ") && head.contains("authorization: bearer relay-token"), "{head}");
    assert_eq!((mail["from"].as_str(), mail["to"].as_str()), (Some("praxis@example.org"), Some(&*email)));
    assert!(mail["text"].as_str().unwrap().contains("Guten Tag"));
    let outbox = world.http.call(&Call::new("GET", "/dev/outbox.json")).unwrap();
    assert_eq!(outbox.status, 404, "no outbox beside a relay");
}

#[test]
fn a_failed_job_waits_and_the_scheduler_runs_it() {
    let why = "Cloudflare's queue keeps and retries messages itself";
    if !Runtime::Spin.only("a_failed_job_waits_and_the_scheduler_runs_it", why) {
        return;
    }
    let (origin, told) = relay(&[503, 202]);
    let server = server(&Options { vars: mailing(&origin), ..Options::default() });
    let world = World::found(server);
    let (client, email) = (world.client(), fresh_email());
    let located = run(client.locate(&world.practice, &email, &mut |_, _| {})).unwrap();
    run(client.request_code(&world.practice, &located, "de")).unwrap();
    let (_, refused) = told.recv().unwrap();
    let jobs = |token: Option<&str>| {
        let authorization = token.map(|token| format!("Bearer {token}"));
        let answer = world.http.call(&Call { authorization, ..Call::new("POST", "/jobs") }).unwrap();
        (answer.status, String::from_utf8(answer.body).unwrap())
    };
    for token in [None, Some("other"), Some("")] {
        assert_eq!(jobs(token).0, 404, "{token:?}");
    }
    let database = server.data().unwrap().join("default.sqlite");
    let due = |sql: &str| rusqlite::Connection::open(&database).unwrap().execute(sql, []).unwrap();
    // Half a minute from now, as soon as the failure was noted; that is written after the relay answered.
    while due("UPDATE jobs SET due = 0 WHERE due < unixepoch() + 60") == 0 {
        thread::yield_now();
    }
    assert_eq!(jobs(Some("jobs-token")), (200, r#"{"ran":1}"#.into()));
    let (_, mail) = told.recv().unwrap();
    assert_eq!(mail["to"], refused["to"]);
    assert_eq!(jobs(Some("jobs-token")), (200, r#"{"ran":0}"#.into()));
}

#[test]
fn the_callers_address_is_the_hosts_word() {
    let why = "Cloudflare's edge sets cf-connecting-ip; local workerd has no edge";
    if !Runtime::Spin.only("the_callers_address_is_the_hosts_word", why) {
        return;
    }
    let world =
        World::found(server(&Options { vars: vec![var("RATE_LIMIT_SCALE", "1")], ..Options::default() }));
    let slots = world.slots(world.services().1, 3);
    let cap = limits::HOLDS_PER_NETWORK as usize;
    let answers: Vec<_> = slots
        .iter()
        .take(cap + 1)
        .zip(1..)
        .map(|(slot, n)| {
            // A client that claims another address each time.
            let client = hooked(&world.http, move |http, request| {
                let mut call = Call::new(request.route.info().method.as_str(), &request.target());
                let Some(body) = &request.body else { return forward(http, &request) };
                call = call.with_body(vestibule_tests::http::CBOR, body.clone());
                call.headers.push(("spin-client-addr".into(), format!("192.0.2.{n}:1")));
                let answer = http.call(&call).map_err(|_| vestibule_edge_crypto::client::TransportError)?;
                Ok(vestibule_edge_crypto::client::Response {
                    status: answer.status,
                    content_type: answer.content_type,
                    body: answer.body,
                })
            });
            let appointment = AppointmentId(random());
            let work = run(client.work(world.practice.id(), Purpose::Hold, appointment.0)).unwrap();
            let place = Place { resource: slot.resource, start: Cell(slot.start.0 / CELL_SECONDS), cells: 1 };
            let hold = Hold {
                appointment,
                place,
                capability_hash: vestibule_suite::sha256(&[b"c"]),
                work,
                visit: None,
            };
            let held: Result<Held, _> = run(client.exchange(Route::Hold(world.practice.id()), &hold));
            held
        })
        .collect();
    assert!(answers[..cap].iter().all(Result::is_ok), "{answers:?}");
    assert_eq!(answers[cap].as_ref().unwrap_err().code(), ProblemKind::RateLimited.slug());
}

/// Three processes on one database file, each with instances of its own: 500 guesses, spread over them at once.
#[test]
fn processes_that_share_a_database_share_its_counters() {
    let why = "a Durable Object is one process by construction";
    if !Runtime::Spin.only("processes_that_share_a_database_share_its_counters", why) {
        return;
    }
    let server = server(&Options { processes: 3, ..Options::default() });
    assert_eq!(server.more.len(), 2);
    let world = World::found(server);
    let (target, _) = enrol(&world);
    let all: Vec<Http> = std::iter::once(&server.url).chain(&server.more).map(|url| Http::new(url)).collect();
    let (count, evaluated) = (500, AtomicUsize::new(0));
    let barrier = Barrier::new(count);
    thread::scope(|scope| {
        for http in all.iter().cycle().take(count) {
            let (client, at, barrier, evaluated, target) =
                (direct(http), world.realm(), &barrier, &evaluated, &target);
            scope.spawn(move || {
                barrier.wait();
                match guess(&client, &at, target.patient, target.id) {
                    Ok(_) => {
                        evaluated.fetch_add(1, Ordering::Relaxed);
                    }
                    Err(ClientError::Refused(Refusal::Locked(_))) => {}
                    Err(other) => panic!("{other:?}"),
                }
            });
        }
    });
    assert_eq!(evaluated.into_inner(), limits::STRANGER_ATTEMPTS_PER_HOUR as usize);
}
