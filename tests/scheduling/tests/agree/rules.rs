//! Random rule sets: the engine and the oracle offer the same starts, and holds are granted exactly there.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use std::{cell::RefCell, env};
use vestibule_scheduling_tests::{case, oracle::Oracle};

/// Fewer tell too little; `VESTIBULE_RULE_SETS` asks for more.
const RULE_SETS: u32 = 10_000;

#[test]
fn ten_thousand_rule_sets_agree() {
    let rule_sets = env::var("VESTIBULE_RULE_SETS").ok().map_or(RULE_SETS, |n| n.parse().unwrap());
    let config =
        Config { cases: rule_sets, failure_persistence: None, max_shrink_iters: 400, ..Config::default() };
    let oracle = RefCell::new(Oracle::start().unwrap());
    let version = oracle.borrow_mut().ask("version", serde_json::json!({})).unwrap();
    let differing = case::differences(version.as_str().unwrap())
        .unwrap_or_else(|| crate::zones::differing(&mut oracle.borrow_mut()));
    let (offered, with_none) = (RefCell::new(0), RefCell::new(0));
    let result = TestRunner::new(config).run(&case::cases(case::known_zones(&differing)), |case| {
        let fail = |why: String| TestCaseError::fail(why);
        vestibule_verify::catalog::validate(&case.catalog).map_err(|e| fail(format!("not valid: {e}")))?;
        let ours = case.engine().map_err(fail)?;
        let theirs = case.oracle(&mut oracle.borrow_mut()).map_err(fail)?;
        if ours != theirs {
            return Err(fail(case::difference(&ours, &theirs)));
        }
        case.holds_agree(&ours).map_err(fail)?;
        *offered.borrow_mut() += ours.len();
        *with_none.borrow_mut() += u32::from(ours.is_empty());
        Ok(())
    });
    if let Err(error) = result {
        panic!("{error}");
    }
    let (offered, none) = (offered.into_inner(), with_none.into_inner());
    println!("{rule_sets} rule sets: {offered} starts, {none} sets without one");
    // A generator of empty calendars would prove nothing.
    assert!(none < rule_sets / 2, "{none} of {rule_sets} offer nothing");
}
