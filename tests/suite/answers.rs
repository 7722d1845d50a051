//! The table of answers, and that every cell of it is claimed by a trace.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use linchpin::fault::ANSWERS;

use crate::support::program::root;

/// Restarts and deploys are crashes.
const OF_A_CRASH: [&str; 7] = [
    "a_crashed_node_refuses_at_once",
    "queued_work_of_a_crashed_node_is_lost",
    "work_in_service_at_a_crashed_node_is_lost",
    "callers_of_a_crashed_node_have_their_threads_back",
    "a_crashed_caller_leaves_its_call_running",
    "a_repaired_node_is_empty",
    "a_balancer_finds_out_by_its_checks",
];

/// By fault: the test that shows each answer, in the order of the questions.
const CLAIMS: &[(&str, [&str; 7])] = &[
    ("Crash of a node or host", OF_A_CRASH),
    (
        "Crash of a switch",
        [
            "a_dead_switch_turns_new_requests_away",
            "the_callee_behind_a_dead_switch_works_on",
            "the_callee_behind_a_dead_switch_works_on",
            "callers_over_a_dead_switch_wait_until_the_answer_comes_to_it",
            "callers_over_a_dead_switch_wait_until_the_answer_comes_to_it",
            "a_repaired_switch_lets_answers_pass",
            "traffic_moves_to_the_other_switch",
        ],
    ),
    (
        "Slow",
        [
            "slowness_stretches_what_is_left_and_the_queue_waits",
            "slowness_stretches_what_is_left_and_the_queue_waits",
            "slowness_stretches_what_is_left_and_the_queue_waits",
            "callers_of_a_slow_node_hold_their_threads",
            "late_answers_of_a_slow_node_are_wasted",
            "slowness_stretches_what_is_left_and_the_queue_waits",
            "checks_stay_green_where_there_are_answers",
        ],
    ),
    (
        "Pause",
        [
            "a_paused_node_accepts_and_lets_wait",
            "a_paused_node_accepts_and_lets_wait",
            "nothing_leaves_a_paused_node",
            "callers_of_a_paused_node_hold_their_threads",
            "late_answers_of_a_paused_node_are_wasted",
            "after_a_pause_the_queue_is_there",
            "checks_of_a_silent_node_cost_their_timeouts",
        ],
    ),
    (
        "BlackHole",
        [
            "a_black_hole_refuses_nobody",
            "what_a_black_hole_has_inside_is_worked_on_and_its_answers_vanish",
            "what_a_black_hole_has_inside_is_worked_on_and_its_answers_vanish",
            "callers_of_a_black_hole_hold_threads_and_connections",
            "what_a_black_hole_has_inside_is_worked_on_and_its_answers_vanish",
            "after_a_black_hole_all_is_as_before",
            "checks_of_a_silent_node_cost_their_timeouts",
        ],
    ),
    (
        "Partition",
        [
            "a_partition_cuts_one_way_or_both",
            "a_partition_keeps_what_is_behind_it",
            "a_partition_keeps_what_is_behind_it",
            "a_partition_keeps_what_is_behind_it",
            "a_partition_cuts_one_way_or_both",
            "a_partition_keeps_what_is_behind_it",
            "checks_do_not_cross_a_cut",
        ],
    ),
    (
        "Latency",
        [
            "latency_is_added_to_each_message_that_leaves",
            "latency_leaves_the_queue_alone",
            "latency_leaves_the_queue_alone",
            "latency_is_added_to_each_message_that_leaves",
            "late_answers_over_a_slow_way_are_wasted",
            "latency_is_added_to_each_message_that_leaves",
            "checks_stay_green_where_there_are_answers",
        ],
    ),
    (
        "Loss",
        [
            "lost_messages_are_sent_again_after_twice_the_time",
            "lost_answers_vanish_and_the_work_is_done",
            "lost_answers_vanish_and_the_work_is_done",
            "lost_requests_end_with_the_callers_timeout",
            "lost_answers_vanish_and_the_work_is_done",
            "lost_answers_vanish_and_the_work_is_done",
            "checks_stay_green_where_there_are_answers",
        ],
    ),
    (
        "Errors",
        [
            "an_error_is_an_answer_without_work",
            "errors_leave_what_is_inside_alone",
            "errors_leave_what_is_inside_alone",
            "an_error_is_an_answer_without_work",
            "errors_leave_what_is_inside_alone",
            "an_error_is_an_answer_without_work",
            "checks_stay_green_where_there_are_answers",
        ],
    ),
    (
        "Reset",
        [
            "a_reset_comes_after_the_work",
            "resets_keep_the_queue_and_its_callers",
            "a_reset_comes_after_the_work",
            "resets_keep_the_queue_and_its_callers",
            "late_answers_are_not_reset_again",
            "a_reset_comes_after_the_work",
            "checks_stay_green_where_there_are_answers",
        ],
    ),
    (
        "Bandwidth",
        [
            "a_narrow_line_stretches_all_transfers",
            "a_narrow_line_stretches_all_transfers",
            "a_narrow_line_stretches_all_transfers",
            "callers_over_a_narrow_line_wait",
            "late_transfers_are_wasted",
            "a_narrow_line_stretches_all_transfers",
            "checks_stay_green_where_there_are_answers",
        ],
    ),
    (
        "Flush",
        [
            "a_flush_loses_what_is_there_and_misses_come_again",
            "a_flush_loses_what_is_there_and_misses_come_again",
            "a_flush_loses_what_is_there_and_misses_come_again",
            "a_flush_loses_what_is_there_and_misses_come_again",
            "what_comes_after_a_flush_is_stored",
            "a_flush_loses_what_is_there_and_misses_come_again",
            "checks_stay_green_where_there_are_answers",
        ],
    ),
    (
        "DnsError",
        [
            "names_fail_while_no_server_answers",
            "names_fail_while_no_server_answers",
            "names_fail_while_no_server_answers",
            "names_fail_while_no_server_answers",
            "names_fail_while_no_server_answers",
            "names_fail_while_no_server_answers",
            "names_fail_while_no_server_answers",
        ],
    ),
    (
        "SlowDisk",
        [
            "a_slow_disk_stretches_the_disk_alone",
            "a_slow_disk_stretches_the_disk_alone",
            "a_slow_disk_stretches_the_disk_alone",
            "callers_of_a_slow_disk_hold_their_threads",
            "late_answers_of_a_slow_disk_are_wasted",
            "a_slow_disk_stretches_the_disk_alone",
            "checks_stay_green_where_there_are_answers",
        ],
    ),
    (
        "FullDisk",
        [
            "a_full_disk_fails_who_comes_to_it",
            "who_has_a_place_at_a_full_disk_is_served",
            "who_has_a_place_at_a_full_disk_is_served",
            "a_full_disk_fails_who_comes_to_it",
            "who_has_a_place_at_a_full_disk_is_served",
            "a_full_disk_fails_who_comes_to_it",
            "checks_stay_green_where_there_are_answers",
        ],
    ),
    ("Restart", OF_A_CRASH),
    ("Deploy", OF_A_CRASH),
    (
        "Expire",
        [
            "all_requests_fail_until_it_is_renewed",
            "all_requests_fail_until_it_is_renewed",
            "all_requests_fail_until_it_is_renewed",
            "all_requests_fail_until_it_is_renewed",
            "all_requests_fail_until_it_is_renewed",
            "a_restart_renews_nothing",
            "checks_stay_green_where_there_are_answers",
        ],
    ),
    (
        "Overload",
        [
            "an_overload_is_a_rate_times_a_factor",
            "an_overload_is_a_rate_times_a_factor",
            "an_overload_is_a_rate_times_a_factor",
            "late_answers_of_an_overload_are_wasted",
            "late_answers_of_an_overload_are_wasted",
            "an_overload_is_a_rate_times_a_factor",
            "checks_stay_green_where_there_are_answers",
        ],
    ),
    (
        "Leak",
        [
            "a_leak_fills_memory_request_by_request",
            "who_waits_for_a_thread_holds_no_memory",
            "short_memory_slows_all_work_of_a_node",
            "late_answers_of_short_memory_are_wasted",
            "late_answers_of_short_memory_are_wasted",
            "what_was_left_behind_stays_until_a_restart",
            "checks_stay_green_where_there_are_answers",
        ],
    ),
    (
        "Memory full",
        [
            "a_node_whose_memory_is_full_crashes_and_comes_back_empty",
            "who_waits_for_a_thread_holds_no_memory",
            "who_waits_for_a_thread_holds_no_memory",
            "callers_of_a_crashed_node_have_their_threads_back",
            "a_crashed_caller_leaves_its_call_running",
            "a_node_whose_memory_is_full_crashes_and_comes_back_empty",
            "a_full_memory_is_found_out_about_like_a_crash",
        ],
    ),
];

/// The names of the tests below a folder of sources.
fn tests(folder: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            let starts = text.split("#[test]").skip(1);
            names.extend(starts.filter_map(|rest| {
                let name = rest.trim_start().strip_prefix("fn ")?;
                Some(name.split_once('(')?.0.to_owned())
            }));
        }
    }
    names
}

/// The cells that no test of `tests` claims, by fault and number of the question.
fn unclaimed(claims: &[(&str, [&str; 7])], tests: &BTreeSet<String>) -> Vec<(String, usize)> {
    let mut open = Vec::new();
    for fault in &ANSWERS {
        let own = claims.iter().find(|claim| claim.0 == fault.fault);
        for question in 0..7 {
            let test = own.map(|claim| claim.1[question]);
            if !test.is_some_and(|test| tests.contains(test)) {
                open.push((fault.fault.to_owned(), question));
            }
        }
    }
    open
}

#[test]
fn every_answer_is_claimed_by_a_trace() {
    let mut found = tests("src/engine");
    found.append(&mut tests("src/control"));
    found.append(&mut tests("src/lower"));
    found.append(&mut tests("src/experiment"));
    assert_eq!(unclaimed(CLAIMS, &found), []);
    let known = |claim: &&str| ANSWERS.iter().any(|fault| fault.fault == *claim);
    assert!(
        CLAIMS
            .iter()
            .map(|claim| claim.0)
            .all(|fault| known(&fault))
    );
    // A missing row, and a test that is gone, are seen.
    assert_eq!(unclaimed(&CLAIMS[1..], &found).len(), 7);
    assert!(found.remove("queued_work_of_a_crashed_node_is_lost"));
    let crashes = ["Crash of a node or host", "Restart", "Deploy"];
    assert_eq!(
        unclaimed(CLAIMS, &found),
        crashes.map(|fault| (fault.to_owned(), 1))
    );
}

/// `docs/faults.md` is written from [`ANSWERS`]; `LINCHPIN_BLESS=1` writes it anew.
#[test]
fn the_table_of_answers_is_that_of_the_code() {
    let mut text = String::from(
        "# What a fault does\n\nEvery fault answers the same seven questions. The table is \
         written from `src/fault/answers.rs`.\n",
    );
    for fault in &ANSWERS {
        let rows = [
            ("new arrivals", fault.new_arrivals),
            ("queued work", fault.queued),
            ("work in service", fault.in_service),
            ("what callers hold", fault.held_upstream),
            ("late replies", fault.late_replies),
            ("after its end", fault.after_restart),
            ("who learns of it", fault.learned),
        ];
        let _ = write!(
            text,
            "\n## {}\n\n| question | answer |\n| --- | --- |\n",
            fault.fault
        );
        for (question, answer) in rows {
            let _ = writeln!(text, "| {question} | {answer} |");
        }
    }
    let path = root().join("docs/faults.md");
    if std::env::var_os("LINCHPIN_BLESS").is_some_and(|value| value == "1") {
        std::fs::write(&path, &text).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(
        committed, text,
        "LINCHPIN_BLESS=1 cargo test answers writes it anew"
    );
}
