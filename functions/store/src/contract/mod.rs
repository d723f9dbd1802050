//! What every SQLite driver has to keep: the same cases run on rusqlite (`tests/contract.rs`), on a Durable Object's SQL and on
//! Spin's SQLite (`tests/tests/contract.rs` at the top level). All cases share one database where the platform has one, so each
//! also shows that an actor sees nothing of its neighbours.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]
mod calendar;
mod ended;
mod entries;
mod jobs;
mod memos;
mod patient;
mod practice;
mod series;
mod support;
mod visits;
mod waiting;
mod witness;

pub use support::{Database, NINE, PRACTICE, SCOPE, SESSION, catalog, founding};

use crate::Driver;

macro_rules! cases {
    ($($module:ident::$name:ident,)*) => {
        /// Names of all cases.
        pub const CASES: &[&str] = &[$(stringify!($name)),*];

        /// Runs a case; `false` if there is none of this name.
        ///
        /// # Panics
        /// If the driver does not keep what the case asks for.
        pub fn run<D: Driver>(name: &str, db: &Database<'_, D>) -> bool {
            match name {
                $(stringify!($name) => $module::$name(db),)*
                _ => return false,
            }
            true
        }
    };
}

/// Cases that look at what all actors of a database share: they run one after the other.
pub const SHARED: &[&str] = &[
    "a_job_is_taken_once_and_comes_back_if_it_is_lost",
    "the_outbox_forgets_the_oldest",
    "what_fails_is_rolled_back_whole",
];

cases! {
    patient::known_and_unknown_lock_alike,
    patient::five_hundred_attempts_with_an_honest_one_between,
    patient::only_the_proven_attempts_are_refunded_and_a_handle_serves_once,
    patient::a_device_keeps_its_own_ten_while_strangers_are_locked_out,
    patient::the_try_of_a_put_is_for_its_ticket_once,
    patient::a_ticket_opens_one_more_try_and_serves_once,
    patient::a_put_waits_for_its_first_right_pin,
    patient::guesses_at_a_code_are_counted,
    patient::codes_are_mailed_five_times_an_hour_and_work_is_spent_once,
    patient::the_vault_is_compared_and_swapped,
    patient::the_oldest_of_too_many_devices_goes,
    patient::what_needs_a_token_writes_nothing_in_a_fresh_shard,
    ended::what_was_of_another_deployment_goes_and_the_rest_stays,
    ended::a_shard_that_is_erased_has_nothing_and_its_neighbours_have_all,
    ended::a_practice_that_was_left_is_forgotten_but_never_the_calendar,
    witness::what_is_counted_is_told_and_what_others_said_is_kept,
    witness::a_shard_that_was_set_back_goes_on_from_the_higher_number,
    practice::nothing_is_written_for_a_practice_that_nobody_founded,
    practice::founding_happens_once,
    practice::a_ceremony_is_taken_once_in_time_and_for_its_purpose,
    practice::a_realm_serves_a_practice_that_is_founded_elsewhere,
    practice::counters_stop_at_their_cap_until_the_hour_ends,
    practice::each_proof_of_work_locates_once,
    practice::the_catalog_is_swapped_only_by_staff_and_only_once,
    practice::a_session_needs_a_known_credential,
    calendar::two_hundred_overlapping_holds_have_one_winner,
    calendar::the_primary_key_itself_refuses_an_overlap,
    calendar::a_lapsed_hold_frees_its_cells_but_never_its_id,
    calendar::holds_are_capped_by_network_and_freed_by_booking,
    calendar::booking_reading_and_cancelling,
    calendar::the_calendar_is_for_staff_and_pages,
    calendar::what_the_asker_has_is_listed_without_content,
    calendar::a_place_far_beyond_any_calendar_is_only_declined,
    series::a_patients_series_is_held_and_booked_whole_or_not_at_all,
    series::a_series_that_lapsed_is_not_booked_in_part,
    series::a_series_is_what_the_catalog_allows,
    visits::a_visit_takes_all_that_it_needs_or_nothing,
    visits::what_a_visit_takes_is_freed_with_it,
    visits::caps_count_what_stands,
    visits::codes_and_internal_classes_are_refused_to_strangers,
    visits::staff_alone_learns_which_rooms_were_given_out,
    visits::what_is_asked_for_is_neither_booked_nor_moved_when_it_stands,
    waiting::what_is_freed_is_offered_in_order_and_the_first_accept_wins,
    waiting::offers_end_and_a_place_that_nobody_takes_is_free,
    waiting::a_lapsed_acceptance_costs_ten_minutes_once,
    waiting::a_move_frees_and_what_the_winner_leaves_goes_on,
    waiting::leaving_passing_removing_and_one_mail,
    waiting::entries_wait_once_up_to_a_cap_and_to_their_date,
    entries::a_series_is_stored_whole_or_not_at_all,
    entries::entries_need_a_session_that_reads_the_scope,
    entries::a_visit_that_the_practice_enters_takes_its_room,
    entries::no_patient_acts_on_an_entry_and_its_rest_is_cancelled_as_one,
    memos::versions_follow_each_other_and_one_of_two_wins,
    memos::what_is_listed_and_counted,
    memos::memos_are_for_who_reads_the_scope,
    memos::so_many_memos_and_no_more,
    memos::what_is_about_an_appointment_goes_with_it,
    jobs::a_job_is_taken_once_and_comes_back_if_it_is_lost,
    jobs::the_outbox_forgets_the_oldest,
    jobs::what_fails_is_rolled_back_whole,
}
