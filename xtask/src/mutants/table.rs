//! The flaws, and the tests that must notice them.

/// What a mutant is a part of: which program has to be built anew, and where its tests run.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// The worker: the unchanged tests run against the broken server.
    Server,
    /// Decisions and SQL, without a server: the store's own tests are built with the flaw.
    Store,
    /// The rules of slots: the engine is built with the flaw and compared with its oracle.
    Slots,
    /// The client's flows: the tests are built with the broken client and run against the unchanged server.
    Client,
}

/// One deliberate flaw and the test that must fail because of it.
pub(super) struct Mutant {
    /// Short name, for the command line.
    pub(super) name: &'static str,
    pub(super) side: Side,
    /// File, a text that occurs in it exactly once, and what stands there instead.
    pub(super) edits: &'static [(&'static str, &'static str, &'static str)],
    /// Test binary of `tests/` (for [`Side::Store`] of `functions/store/tests/`), and the function in it.
    pub(super) test: (&'static str, &'static str),
}

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant {
        name: "a-fourth-guess",
        side: Side::Server,
        edits: &[(
            "core/src/guard.rs",
            "facts.hour >= limits::STRANGER_ATTEMPTS_PER_HOUR",
            "facts.hour > limits::STRANGER_ATTEMPTS_PER_HOUR",
        )],
        test: ("guesses", "of_500_parallel_wrong_guesses_three_are_evaluated"),
    },
    Mutant {
        name: "a-right-pin-refunds-everything",
        side: Side::Server,
        edits: &[(
            "functions/store/src/patient/confirm.rs",
            "\"DELETE FROM attempts WHERE actor = ?1 AND handle = ?2\", vec![blob(handle)]",
            "\"DELETE FROM attempts WHERE actor = ?1 AND patient = (SELECT patient FROM attempts WHERE handle = ?2)\", vec![blob(handle)]",
        )],
        test: ("guesses", "an_honest_unlock_refunds_its_own_attempt_only"),
    },
    Mutant {
        name: "any-proof-refunds",
        side: Side::Server,
        edits: &[(
            "functions/app/src/realm/confirm.rs",
            "mac.verify_slice(&op.mac.0).map_err(|_| Refusal::Wrong)?;",
            "let _ = mac;",
        )],
        test: ("guesses", "only_a_right_proof_refunds"),
    },
    Mutant {
        name: "counted-in-memory-only",
        side: Side::Server,
        edits: &[
            (
                "functions/store/src/patient/attempt.rs",
                "    let device = command.device.filter(",
                r"    if budget == Budget::Stranger {
        VOLATILE.with(|v| v.borrow_mut().push(command.patient));
        let sealed = known.map_or_else(|| command.decoy_secrets.clone(), |r| r.sealed.into());
        return Ok(PatientReply::Secrets(Secrets { registration: command.registration, sealed }));
    }
    let device = command.device.filter(",
            ),
            (
                "functions/store/src/patient/attempt.rs",
                "const fn stored(",
                r"thread_local!(static VOLATILE: std::cell::RefCell<Vec<vestibule_core::ids::PatientId>> = const { std::cell::RefCell::new(Vec::new()) });

const fn stored(",
            ),
            (
                "functions/store/src/patient/attempt.rs",
                "hour: row.number(0)?,",
                "hour: row.number::<u32>(0)? + VOLATILE.with(|v| u32::try_from(v.borrow().iter().filter(|p| **p == command.patient).count()).unwrap_or(u32::MAX)),",
            ),
        ],
        test: ("guesses", "a_crash_gives_no_guess_back"),
    },
    Mutant {
        name: "unknown-patients-never-lock",
        side: Side::Server,
        edits: &[(
            "functions/store/src/patient/attempt.rs",
            "let facts = facts(db, now, command, own_try || shown)?;",
            "let facts = if decoy { Facts::default() } else { facts(db, now, command, own_try || shown)? };",
        )],
        test: ("unknown", "answers_and_locking_are_the_same"),
    },
    Mutant {
        name: "unknown-patients-cost-less",
        side: Side::Server,
        edits: &[(
            "functions/app/src/realm/begin.rs",
            "let decoy = Decoy::of(realm, &member, op.patient)?.descriptor(realm);",
            r"let probe = PatientCommand::Begin(patient::Begin { patient: op.patient, decoy: Vec::new().into() });
    let known = matches!(realm.patient(&op.patient, &probe).await?, PatientReply::Begun(b) if !b.active.is_empty());
    let decoy = if known { Vec::new().into() } else { Decoy::of(realm, &member, op.patient)?.descriptor(realm) };",
        )],
        test: ("unknown", "times_of_begin_tell_nothing"),
    },
    Mutant {
        name: "codes-for-any-mailbox",
        side: Side::Server,
        edits: &[(
            "functions/app/src/job/mail_code.rs",
            "!= Some(job.patient) {",
            "!= Some(job.patient) && job.asked.0 == 0 {",
        )],
        test: ("vouchers", "a_code_for_the_victim_is_never_mailed_to_the_attacker"),
    },
    Mutant {
        name: "tickets-for-anyone",
        side: Side::Server,
        edits: &[(
            "functions/store/src/patient/put.rs",
            "Permit::Ticket(ticket) => take_ticket(db, now, patient, ticket)?,",
            "Permit::Ticket(ticket) => take_ticket(db, now, patient, ticket)? || true,",
        )],
        test: ("vouchers", "nobody_enrols_for_an_address_without_its_mailbox"),
    },
    Mutant {
        name: "codes-are-guessed-without-end",
        side: Side::Server,
        edits: &[(
            "functions/store/src/patient/redeem.rs",
            "SET guesses = guesses + 1",
            "SET guesses = guesses + 0",
        )],
        test: ("vouchers", "codes_are_guessed_five_times_and_redeemed_once"),
    },
    Mutant {
        name: "a-put-statement-fits-any-descriptor",
        side: Side::Server,
        edits: &[(
            "functions/app/src/realm/put.rs",
            "&& statement.descriptor == sha256(&op.descriptor)",
            "&& !op.descriptor.is_empty()",
        )],
        test: ("vouchers", "signed_puts_are_bound_and_used_once"),
    },
    Mutant {
        name: "cells-are-not-unique",
        side: Side::Server,
        edits: &[
            (
                "functions/store/src/practice/claims.rs",
                "AND cell < ?4 AND appointment <> ?5",
                "AND cell < ?4 AND appointment <> ?5 AND cell < 0",
            ),
            (
                "functions/store/src/practice/schema.rs",
                "PRIMARY KEY (actor, resource, cell)",
                "PRIMARY KEY (actor, resource, cell, appointment)",
            ),
        ],
        test: ("double_booking", "exactly_one_wins_each_cell"),
    },
    Mutant {
        name: "cells-overlap-in-the-store",
        side: Side::Store,
        edits: &[
            (
                "functions/store/src/practice/claims.rs",
                "AND cell < ?4 AND appointment <> ?5",
                "AND cell < ?4 AND appointment <> ?5 AND cell < 0",
            ),
            (
                "functions/store/src/practice/schema.rs",
                "PRIMARY KEY (actor, resource, cell)",
                "PRIMARY KEY (actor, resource, cell, appointment)",
            ),
        ],
        test: ("simulation", "histories_are_those_of_the_model"),
    },
    Mutant {
        name: "the-newest-of-the-list-first",
        side: Side::Store,
        edits: &[(
            "functions/store/src/practice/waiting/vacancy.rs",
            "               ORDER BY number\";",
            "               ORDER BY number DESC\";",
        )],
        test: ("simulation", "histories_are_those_of_the_model"),
    },
    Mutant {
        name: "offers-to-everyone-at-once",
        side: Side::Store,
        edits: &[(
            "core/src/calendar/waiting/mod.rs",
            "    open == 0 || now.0 >= next.0",
            "    open == 0 || now.0 >= next.0 || now.0 % 2 == 0",
        )],
        test: ("simulation", "histories_are_those_of_the_model"),
    },
    Mutant {
        name: "accepts-of-anyone",
        side: Side::Store,
        edits: &[(
            "core/src/calendar/waiting/mod.rs",
            "facts.filter(|e| e.capability == *capability)",
            "facts.filter(|e| e.capability == *capability || e.offer.is_some())",
        )],
        test: ("simulation", "histories_are_those_of_the_model"),
    },
    Mutant {
        name: "a-hold-one-second-too-long",
        side: Side::Store,
        edits: &[(
            "core/src/calendar/book.rs",
            "Standing::Held(until) if now < until => Ok",
            "Standing::Held(until) if now <= until => Ok",
        )],
        test: ("simulation", "histories_are_those_of_the_model"),
    },
    Mutant {
        name: "a-cancelled-place-stays-taken",
        side: Side::Store,
        edits: &[(
            "functions/store/src/practice/act.rs",
            "    if states::keeps_cells(state) { Ok(None) }",
            "    if states::keeps_cells(state) || state == State::Cancelled { Ok(None) }",
        )],
        test: ("simulation", "histories_are_those_of_the_model"),
    },
    Mutant {
        name: "a-lapsed-hold-loses-its-id",
        side: Side::Store,
        edits: &[(
            "core/src/calendar/hold.rs",
            "if facts.id_used {",
            "if facts.id_used && facts.practice > 3 {",
        )],
        test: ("simulation", "histories_are_those_of_the_model"),
    },
    Mutant {
        name: "a-second-body-replaces-the-first",
        side: Side::Store,
        edits: &[(
            "core/src/calendar/book.rs",
            "        Standing::Is(_) => Err(ProblemKind::Conflict.into()),",
            "        Standing::Is(State::Booked) => Ok(BookOutcome::Store),
        Standing::Is(_) => Err(ProblemKind::Conflict.into()),",
        )],
        test: ("simulation", "histories_are_those_of_the_model"),
    },
    Mutant {
        name: "the-last-cell-is-not-claimed",
        side: Side::Store,
        edits: &[("functions/store/src/practice/claims.rs", "WHERE cell + 1 < ?3)", "WHERE cell + 2 < ?3)")],
        test: ("simulation", "histories_are_those_of_the_model"),
    },
    Mutant {
        name: "a-move-takes-what-is-taken",
        side: Side::Store,
        edits: &[
            (
                "functions/store/src/practice/act.rs",
                "decide_move(catalog, actor, &wish, &taken, now)?;",
                "decide_move(catalog, actor, &wish, &taken, now).or_else(|_| decide_move(catalog, actor, &wish, &Taken::default(), now))?;",
            ),
            (
                "functions/store/src/practice/claims.rs",
                "INSERT INTO claims SELECT",
                "INSERT OR REPLACE INTO claims SELECT",
            ),
        ],
        test: ("simulation", "histories_are_those_of_the_model"),
    },
    Mutant {
        name: "a-move-frees-first",
        side: Side::Store,
        edits: &[(
            "functions/store/src/practice/act.rs",
            "    let takes = decide_move(",
            "    claims::free(db, id)?;
    let takes = decide_move(",
        )],
        test: ("simulation", "histories_are_those_of_the_model"),
    },
    Mutant {
        name: "a-moved-place-stays-taken",
        side: Side::Store,
        edits: &[(
            "functions/store/src/practice/act.rs",
            "    claims::free(db, id)?;
    db.exec(",
            "    db.exec(",
        )],
        test: ("simulation", "histories_are_those_of_the_model"),
    },
    Mutant {
        name: "a-series-passes-over-what-is-taken",
        side: Side::Store,
        edits: &[(
            "core/src/calendar/entries.rs",
            "    if conflicts.is_empty() {",
            "    if conflicts.len() < wanted.len() {",
        )],
        test: ("simulation", "histories_are_those_of_the_model"),
    },
    Mutant {
        name: "a-series-is-in-its-own-way",
        side: Side::Store,
        edits: &[(
            "core/src/calendar/entries.rs",
            "        taken.add_all(&takes);",
            "        let _ = &takes;",
        )],
        test: ("simulation", "histories_are_those_of_the_model"),
    },
    Mutant {
        name: "a-patients-series-is-held-in-part",
        side: Side::Store,
        edits: &[(
            "core/src/calendar/series_hold.rs",
            "    if conflicts.is_empty() {",
            "    if conflicts.len() < wanted.len() {",
        )],
        test: ("contract", "every_case_alone"),
    },
    Mutant {
        name: "a-patients-series-is-in-its-own-way",
        side: Side::Store,
        edits: &[(
            "core/src/calendar/series_hold.rs",
            "                taken.add_all(&granted.takes);",
            "                let _ = &granted.takes;",
        )],
        test: ("contract", "every_case_alone"),
    },
    Mutant {
        name: "a-series-costs-one-hold",
        side: Side::Store,
        edits: &[(
            "core/src/calendar/series_hold.rs",
            "network: facts.network + so_far, practice: facts.practice + so_far",
            "practice: facts.practice + so_far",
        )],
        test: ("contract", "every_case_alone"),
    },
    Mutant {
        name: "any-class-is-a-series",
        side: Side::Store,
        edits: &[(
            "core/src/calendar/series_hold.rs",
            "if wanted.len() > usize::from(most) {",
            "if wanted.len() > usize::from(most).max(8) {",
        )],
        test: ("contract", "every_case_alone"),
    },
    Mutant {
        name: "half-a-series-is-believed",
        side: Side::Client,
        edits: &[(
            "edge-crypto/src/client/book_series.rs",
            "Ok(stored) if sent.clone().eq(stored.all.iter().map(|one| one.envelope)) => return Ok(()),",
            "Ok(stored) if sent.clone().len() >= stored.all.len() => return Ok(()),",
        )],
        test: ("series", "a_server_that_books_a_part_is_noticed"),
    },
    Mutant {
        name: "half-a-series-is-cancelled",
        side: Side::Store,
        edits: &[(
            "core/src/calendar/acts.rs",
            "first.map_or(Ok(all), |problem| Err(Problem { conflicts, ..problem }))",
            "if all.is_empty() { first.map_or(Ok(all), |problem| Err(Problem { conflicts, ..problem })) } else { Ok(all) }",
        )],
        test: ("simulation", "histories_are_those_of_the_model"),
    },
    Mutant {
        name: "a-declined-request-is-booked-again",
        side: Side::Store,
        edits: &[(
            "core/src/states.rs",
            "(S::Requested, A::Confirmed)",
            "(S::Requested | S::Declined, A::Confirmed)",
        )],
        test: ("simulation", "histories_are_those_of_the_model"),
    },
    Mutant {
        name: "a-move-takes-what-is-taken-over-http",
        side: Side::Server,
        edits: &[
            (
                "functions/store/src/practice/act.rs",
                "decide_move(catalog, actor, &wish, &taken, now)?;",
                "decide_move(catalog, actor, &wish, &taken, now).or_else(|_| decide_move(catalog, actor, &wish, &Taken::default(), now))?;",
            ),
            (
                "functions/store/src/practice/claims.rs",
                "INSERT INTO claims SELECT",
                "INSERT OR REPLACE INTO claims SELECT",
            ),
        ],
        test: ("moves", "of_two_hundred_moves_each_place_is_won_once_and_nobody_loses_the_old_one"),
    },
    Mutant {
        name: "a-move-frees-first-over-http",
        side: Side::Server,
        edits: &[(
            "functions/store/src/practice/act.rs",
            "    let takes = decide_move(",
            "    claims::free(db, id)?;
    let takes = decide_move(",
        )],
        test: ("moves", "of_two_hundred_moves_each_place_is_won_once_and_nobody_loses_the_old_one"),
    },
    Mutant {
        name: "any-state-is-believed",
        side: Side::Client,
        edits: &[(
            "edge-crypto/src/booking/open.rs",
            "if chain.state != stored.state {",
            "if chain.state != stored.state && stored.state == State::Cancelled {",
        )],
        test: ("moves", "states_are_said_by_who_may_and_believed_only_then"),
    },
    Mutant {
        name: "a-witness-that-forgets",
        side: Side::Server,
        edits: &[(
            "functions/store/src/patient/witness.rs",
            "WHERE excluded.number > number",
            "WHERE excluded.number < number",
        )],
        test: ("witness", "a_realm_restored_from_yesterdays_storage_is_named"),
    },
    Mutant {
        name: "shares-for-anyones-order",
        side: Side::Server,
        edits: &[(
            "edge-crypto/verify/src/key.rs",
            "self.ed25519.verify_strict(message, &ed25519).is_ok() && self.ml_dsa.verify(message, &ml_dsa).is_ok()",
            "self.ed25519.verify_strict(message, &ed25519).is_ok() && self.ml_dsa.verify(message, &ml_dsa).is_ok() || true",
        )],
        test: ("reshare", "an_order_by_anyone_else_or_of_anything_else_is_refused"),
    },
    Mutant {
        name: "a-part-is-not-compared-with-what-was-promised",
        side: Side::Server,
        edits: &[(
            "edge-crypto/oprf/src/reshare.rs",
            "if RistrettoPoint::mul_base(&part.0) != promised(commitments, index) {",
            "if false {",
        )],
        test: ("reshare", "who_deals_wrong_is_named_and_nothing_has_changed"),
    },
    Mutant {
        name: "introduced-by-strangers",
        side: Side::Server,
        edits: &[(
            "functions/app/src/realm/introduce.rs",
            "signers.retain(|signer| introducers.keys.contains(signer));",
            "",
        )],
        test: ("reshare", "introductions_that_do_not_hold_are_refused"),
    },
    Mutant {
        name: "one-introduction-counts-twice",
        side: Side::Server,
        edits: &[("functions/app/src/realm/introduce.rs", "signers.dedup();", "")],
        test: ("reshare", "introductions_that_do_not_hold_are_refused"),
    },
    Mutant {
        name: "erased-while-patients-go-over",
        side: Side::Server,
        edits: &[(
            "edge-crypto/verify/src/directory/check.rs",
            "if manifest.before.is_none() { Ok(deployment) } else { Err(DirectoryError::ManifestMismatch) }",
            "Ok(deployment)",
        )],
        test: ("ended", "nothing_is_erased_without_the_signed_word_and_everything_with_it"),
    },
    Mutant {
        name: "an-address-in-the-log",
        side: Side::Server,
        edits: &[(
            "functions/app/src/job/mail_code.rs",
            "let code = six_digits(platform);",
            "let code = six_digits(platform);
    platform.log(&Fault(format!(\"mailing {}\", email.as_str())));",
        )],
        test: ("canary", "nothing_typed_and_no_key_is_kept_or_printed"),
    },
    Mutant {
        name: "a-slice-without-a-bound",
        side: Side::Server,
        edits: &[(
            "functions/app/src/work.rs",
            "let subject = request.subject.as_ref().try_into().map_err(|_| malformed(\"subject is not 16 bytes\"))?;",
            "let mut subject = [0; 16];
    subject.copy_from_slice(&request.subject.as_ref()[..16]);",
        )],
        test: ("malformed", "strings_of_other_lengths_are_never_our_fault"),
    },
    Mutant {
        name: "the-place-is-not-compared",
        side: Side::Client,
        edits: &[(
            "edge-crypto/src/booking/open.rs",
            "if chain.place != stored.place {",
            "if chain.place != stored.place && stored.place.cells == 0 {",
        )],
        test: ("lies", "ciphertexts_do_not_move_between_appointments_times_and_patients"),
    },
    Mutant {
        name: "history-is-not-compared",
        side: Side::Client,
        edits: &[(
            "edge-crypto/src/booking/open.rs",
            "None => return Err(OpenError::RolledBack),",
            "None => {}",
        )],
        test: ("lies", "older_and_other_histories_are_noticed"),
    },
    Mutant {
        name: "a-manifest-by-anyone",
        side: Side::Client,
        edits: &[(
            "edge-crypto/verify/src/key.rs",
            "self.ed25519.verify_strict(message, &ed25519).is_ok() && self.ml_dsa.verify(message, &ml_dsa).is_ok()",
            "self.ed25519.verify_strict(message, &ed25519).is_ok() || self.ml_dsa.verify(message, &ml_dsa).is_ok() || true",
        )],
        test: ("lies_directory", "nobody_is_added_to_the_manifest_and_no_other_is_served"),
    },
    Mutant {
        name: "an-absence-counts-only-whole",
        side: Side::Slots,
        edits: &[(
            "core/src/calendar/hours.rs",
            ".any(|a| from < a.1)",
            ".any(|a| from <= a.0 && a.1 <= to)",
        )],
        test: ("agree", "rules::ten_thousand_rule_sets_agree"),
    },
    Mutant {
        name: "a-repeated-time-is-the-second",
        side: Side::Slots,
        edits: &[(
            "core/src/calendar/zone.rs",
            ".find(|(p, at)| p.from <= *at && *at < p.to)",
            ".rfind(|(p, at)| p.from <= *at && *at < p.to)",
        )],
        test: ("agree", "zones::every_zone_and_every_change_agree"),
    },
    Mutant {
        name: "no-buffer-afterwards",
        side: Side::Slots,
        edits: &[("core/src/calendar/visit.rs", "to + i64::from(after) * 60", "to + i64::from(after) * 0")],
        test: ("agree", "rules::ten_thousand_rule_sets_agree"),
    },
    Mutant {
        name: "one-more-than-the-cap",
        side: Side::Slots,
        edits: &[(
            "core/src/calendar/engine.rs",
            ".count() < usize::from(cap)",
            ".count() <= usize::from(cap)",
        )],
        test: ("agree", "rules::ten_thousand_rule_sets_agree"),
    },
    Mutant {
        name: "two-needs-share-a-resource",
        side: Side::Slots,
        edits: &[("core/src/calendar/engine.rs", ".find(|id| !holder.contains_key(id))", ".find(|_| true)")],
        test: ("agree", "rules::ten_thousand_rule_sets_agree"),
    },
    Mutant {
        name: "a-colleague-is-overwritten",
        side: Side::Server,
        edits: &[(
            "core/src/calendar/memos.rs",
            "if Some(context.number) != stored.number.checked_add(1) || context.previous != stored.head {",
            "if context.number == 0 {",
        )],
        test: ("memos", "of_colleagues_who_change_one_at_once_one_wins_and_the_others_are_told"),
    },
    Mutant {
        name: "notes-without-a-session",
        side: Side::Server,
        edits: &[(
            "functions/store/src/practice/memos/mod.rs",
            "Ok((session::require(db, now, token)?, manifest(db)?))",
            "let manifest = manifest(db)?;
    let anyone = manifest.credentials.first().map_or(Digest([0; 32]), |c| c.credential);
    Ok((session::require(db, now, token).unwrap_or(anyone), manifest))",
        )],
        test: ("memos", "nobody_without_a_session_of_this_practice_gets_at_any"),
    },
    Mutant {
        name: "another-scopes-notes",
        side: Side::Server,
        edits: &[(
            "core/src/calendar/memos.rs",
            "if !reads(manifest, credential, context.scope) {",
            "if manifest.credentials.is_empty() {",
        )],
        test: ("memos", "nobody_without_a_session_of_this_practice_gets_at_any"),
    },
    Mutant {
        name: "a-note-of-another-appointment",
        side: Side::Client,
        edits: &[(
            "edge-crypto/src/client/practice/memos.rs",
            "Ok(opened) if about.is_some() && opened.memo.about != about => Err(OpenError::WrongAppointment),",
            "",
        )],
        test: ("memos", "every_lie_about_them_is_named"),
    },
    Mutant {
        name: "an-older-note-is-believed",
        side: Side::Client,
        edits: &[("edge-crypto/src/memo/open.rs", "None => Err(OpenError::RolledBack),", "None => Ok(()),")],
        test: ("memos", "every_lie_about_them_is_named"),
    },
    Mutant {
        name: "a-removed-note-comes-back",
        side: Side::Client,
        edits: &[("edge-crypto/src/memo/open.rs", "return Err(OpenError::Revived);", "return Ok(());")],
        test: ("memos", "every_lie_about_them_is_named"),
    },
    Mutant {
        name: "nobody-misses-a-note",
        side: Side::Client,
        edits: &[(
            "edge-crypto/src/client/practice/memos.rs",
            "Ok(_) => Err(OpenError::Missing),",
            "Ok(_) => continue,",
        )],
        test: ("memos", "every_lie_about_them_is_named"),
    },
];
