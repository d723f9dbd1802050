//! The storage contract (`functions/store/src/contract`) on the runtime's own SQLite: a Durable Object's, or Spin's. The same
//! cases run natively on rusqlite in `functions/store/tests/contract.rs`.
#![expect(clippy::unwrap_used, reason = "tests")]
use std::thread;
use vestibule_store::contract::CASES;
use vestibule_tests::{
    http::{Call, Http},
    server::{Options, Server},
};

#[test]
fn every_case_holds_on_the_runtimes_database() {
    let options = Options { variant: "faults".into(), ..Options::default() };
    let server = Server::start(&options).unwrap();
    let http = Http::new(&server.url);
    let mut failed = Vec::new();
    for case in CASES {
        // 500 for a case that panicked; its message is in the runtime's log.
        let status = http.call(&Call::new("GET", &format!("/dev/contract/{case}"))).unwrap().status;
        if status != 204 {
            failed.push((*case, status));
        }
    }
    assert!(failed.is_empty(), "{failed:?}");
    let unknown = http.call(&Call::new("GET", "/dev/contract/none")).unwrap().status;
    assert_eq!(unknown, 404, "a case that is not there must not count as one that holds");
}

/// Where actors share a database, their transactions wait for each other instead of failing.
#[test]
fn cases_at_the_same_time_do_not_disturb_each_other() {
    let options = Options { variant: "faults".into(), ..Options::default() };
    let server = Server::start(&options).unwrap();
    let statuses: Vec<(&str, u16)> = thread::scope(|scope| {
        let (http, mut running) = (Http::new(&server.url), Vec::new());
        // Those of the jobs look at what all share.
        for case in CASES.iter().filter(|case| !vestibule_store::contract::SHARED.contains(case)) {
            let http = http.clone();
            let call = move || http.call(&Call::new("GET", &format!("/dev/contract/{case}"))).unwrap().status;
            running.push((*case, scope.spawn(call)));
        }
        running.into_iter().map(|(case, thread)| (case, thread.join().unwrap())).collect()
    });
    assert!(statuses.iter().all(|(_, status)| *status == 204), "{statuses:?}");
}
