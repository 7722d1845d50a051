//! What rates, counts, laws and limits refuse, and what is described and used by nobody.

use super::*;
use crate::schema::code;

/// [`SHOP`] with another rate of its users.
fn arriving(fields: &str) -> String {
    shop_with("rate: \"10/s\"", fields)
}

const GAPS: &str = "arrivals: Renewal(Gamma(mean: \"50ms\", cv: 2))";
const BURSTS: &str =
    "arrivals: Mmpp([(rate: \"10/s\", stay: \"3s\"), (rate: \"50/s\", stay: \"1s\")])";
const WAVE: &str = "rate: Sine(mean: \"20/s\", amplitude: \"5/s\", period: \"10s\")";

/// Both say a mean of 20/s: another one beside it would have no effect.
#[test]
fn arrivals_with_a_rate_of_their_own_take_no_other() {
    for own in [GAPS, BURSTS] {
        for same in [
            "rate: \"20/s\"",
            WAVE,
            "rate: Daily(dau: 1_728_000, visits: 1, peak_ratio: 2)",
            "stages: [Hold(\"10s\")]",
            "stages: [Ramp(to: \"50/s\", over: \"10s\")]",
        ] {
            assert_eq!(errors(&arriving(&format!("{own}, {same}"))), [], "{same}");
        }
        let others = [
            ("\"30/s\"", "`arrivals` says a rate of 20/s itself"),
            (
                "Sine(mean: \"30/s\", amplitude: \"5/s\", period: \"10s\")",
                "`arrivals` says a mean rate of 20/s itself",
            ),
            (
                "Daily(dau: 864_000, visits: 1, peak_ratio: 2)",
                "`arrivals` says a mean rate of 20/s itself",
            ),
        ];
        for (rate, message) in others {
            let found = errors(&arriving(&format!("{own}, rate: {rate}")));
            assert_eq!(found, [(rate.to_owned(), message.to_owned())]);
        }
        let found = errors(&arriving(&format!(
            "{own}, stages: [Ramp(to: \"50/s\"), Hold(\"10s\")]"
        )));
        let message = "nobody comes at the 20/s of `arrivals`: the stages jump to 50/s at once";
        assert_eq!(found.len(), 1);
        assert_eq!(format!("arrivals: {}", found[0].0), own);
        assert_eq!(found[0].1, message);
    }
}

#[test]
fn a_rate_that_lasts_no_time_is_refused() {
    let jump = "rate: \"20/s\", stages: [Ramp(to: \"50/s\"), Hold(\"10s\")]";
    let message = "nobody comes at the 20/s of `rate`: the stages jump to 50/s at once";
    let found = errors(&arriving(jump));
    assert_eq!(found, [("\"20/s\"".to_owned(), message.to_owned())]);
    for fine in [
        "rate: \"50/s\", stages: [Ramp(to: \"50/s\"), Hold(\"10s\")]",
        "stages: [Ramp(to: \"50/s\"), Hold(\"10s\")]",
    ] {
        assert_eq!(errors(&arriving(fine)), []);
    }
}

#[test]
fn days_and_waves_say_where_they_are_wrong() {
    for (rate, place, message) in [
        (
            "Daily(dau: 10, visits: 1)",
            "Daily(dau: 10, visits: 1)",
            "a day needs a `peak_ratio`",
        ),
        (
            "Daily(dau: 10, visits: 1, peak_ratio: 25)",
            "25",
            "a day needs a `peak_ratio`",
        ),
        (
            "Daily(dau: 10, visits: 1, shape: [1, 2])",
            "[1, 2]",
            "a `shape` is 24 weights",
        ),
        (
            "Daily(dau: 10, visits: 1, peak_ratio: 2, start: \"24h\")",
            "\"24h\"",
            "a time of day",
        ),
        (
            "Sine(mean: \"20/s\", amplitude: \"5/s\", period: \"1us\")",
            "\"1us\"",
            "a period of less",
        ),
    ] {
        let found = errors(&arriving(&format!("rate: {rate}")));
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].0, place);
        assert!(found[0].1.starts_with(message), "{found:?}");
    }
    for arrivals in ["Renewal(\"0s\")", "Mmpp([(rate: \"0/s\", stay: \"1s\")])"] {
        let found = errors(&arriving(&format!("rate: \"5/s\", arrivals: {arrivals}")));
        assert_eq!((found.len(), &*found[0].0), (1, arrivals));
    }
}

#[test]
fn laws_are_refused_with_one_that_can_be() {
    for (law, message, help) in [
        (
            "Uniform(from: \"9ms\", to: \"3ms\")",
            "to must be above from",
            "write it like `Uniform(from: \"2ms\", to: \"8ms\")`",
        ),
        (
            "Pareto(mean: \"9ms\", shape: 2, cap: \"3ms\")",
            "cap must be above the mean",
            "write it like `Pareto(mean: \"8ms\", shape: 1.5, cap: \"50ms\")`",
        ),
        (
            "Quantiles(p50: \"9ms\", p95: \"3ms\", p99: \"4ms\")",
            "quantiles must not fall from p50 to p95 and p99",
            "write it like `Quantiles(p50: \"2ms\", p95: \"8ms\", p99: \"50ms\")`",
        ),
        (
            "Sum([])",
            "a Sum needs at least one part",
            "write it like `Sum([\"2ms\", Exponential(\"8ms\")])`",
        ),
    ] {
        let text = shop_with("Cpu(\"5ms\")", &format!("Cpu({law})"));
        let (_, problems) = load_in(Path::new(""), &text);
        let [problem] = problems.list() else {
            panic!("{}", problems.human(false));
        };
        assert_eq!((&*problem.message, &*problem.help[0]), (message, help));
        let word = law.split('(').next().unwrap();
        assert!(text[problem.span.clone().unwrap()].starts_with(word));
        // What is advised can be written.
        let advised = help.split('`').nth(1).unwrap();
        let text = shop_with("Cpu(\"5ms\")", &format!("Cpu({advised})"));
        assert_eq!(errors(&text), []);
    }
}

#[test]
fn counts_and_limits_that_let_nobody_in_or_too_many() {
    check_refused(&[
        (
            "replicas: 3,",
            "replicas: 3, threads: 0,",
            "0",
            "with `threads: 0` nobody is ever served",
        ),
        (
            "read_replicas: 1",
            "read_replicas: 1, connections: 0",
            "0",
            "with `connections: 0` nobody is ever served",
        ),
        (
            "read_replicas: 1",
            "read_replicas: 1, threads: 0",
            "0",
            "with `threads: 0` nobody is ever served",
        ),
        (
            "hit: 0.8",
            "hit: 0.8, threads: 0",
            "0",
            "with `threads: 0` nobody is ever served",
        ),
        (
            "service: \"1ms\"",
            "service: \"1ms\", connections: 0",
            "0",
            "with `connections: 0` nobody is ever served",
        ),
        (
            "Host(cores: 2",
            "Host(cores: 65_537",
            "65_537",
            "expected a whole number from 1 to 65536, found 65537",
        ),
        (
            "users: 5,",
            "users: 5_000_001,",
            "5_000_001",
            "expected a whole number from 1 to 5000000, found 5000001",
        ),
    ]);
    let (_, problems) = load_in(Path::new(""), &shop_with("users: 5,", "users: 5_000_001,"));
    assert_eq!(
        problems.list()[0].help,
        ["write a whole number from 1 to 5000000"]
    );
}

#[test]
fn a_name_that_is_near_no_other_is_refused_with_all_that_are_known() {
    let text = shop_with("Dns(to: \"lb\"", "Dns(to: \"balancer\"");
    let (_, problems) = load_in(Path::new(""), &text);
    let help = "add it, or name one of dns, cdn, lb, web, app, cache, db, pay";
    assert_eq!(problems.list()[0].help, [help]);
}

#[test]
fn hosts_and_switches_that_nobody_uses_are_doubtful() {
    let text = shop_with(
        "\"sw1\": Switch",
        "\"h3\": Host(cores: 1), \"sw0\": Switch(), \"sw1\": Switch",
    );
    let (loaded, problems) = load_in(Path::new(""), &text);
    assert!(loaded.is_some());
    problems.list().iter().for_each(has_place_and_remedy);
    let unused = |text: &str| {
        let (_, problems) = load_in(Path::new(""), text);
        let list = problems
            .list()
            .iter()
            .filter(|one| one.code == code::UNUSED);
        list.map(|one| one.message.clone()).collect::<Vec<_>>()
    };
    assert_eq!(
        unused(&text),
        [
            "nothing runs on the host `h3`",
            "no link crosses the switch `sw0`"
        ]
    );
    assert!(unused(SHOP).is_empty());
}
