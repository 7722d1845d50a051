//! Restarts, certificates and overloads: what they become, and what is refused.

use super::*;
use crate::model::{FaultKind, FaultTarget};

const SECOND: u64 = 1_000_000_000;
const OLD: &str = "Crash(target: \"app/2\"";

/// The crashes of a restart: nodes, start and length, s; `old` of the file is replaced by `new`.
fn crashes(restart: &str, (old, new): (&str, &str)) -> Vec<(String, u64, u64)> {
    let text = shop_with(OLD, &format!("{restart}, {OLD}")).replacen(old, new, 1);
    let model = model(&text);
    let own = model.faults.len() - 2;
    let told = model.faults[..own].iter().map(|fault| {
        assert_eq!(fault.kind, FaultKind::Crash);
        let (FaultTarget::Nodes(nodes) | FaultTarget::AnyOf(nodes)) = &fault.target else {
            panic!("{fault:?}");
        };
        let names = nodes.iter().map(|&node| &*model.node(node).name);
        let names = names.collect::<Vec<_>>().join(" ");
        (names, fault.at / SECOND, fault.lasts.unwrap() / SECOND)
    });
    told.collect()
}

#[test]
fn a_restart_is_a_crash_for_as_long_as_a_boot() {
    let app = |boot| ("replicas: 3", boot);
    let one = |nodes: &str, at, lasts| (nodes.to_owned(), at, lasts);
    let plain = "Restart(target: \"app/2\", at: \"1m\")";
    assert_eq!(
        crashes(plain, app("replicas: 3")),
        [one("app/2", 60, 60)],
        "a minute, by default"
    );
    let boot = app("replicas: 3, boot: \"20s\"");
    assert_eq!(crashes(plain, boot), [one("app/2", 60, 20)]);
    let stated = "Restart(target: \"app/any\", at: \"1m\", lasts: \"5s\")";
    assert_eq!(crashes(stated, boot), [one("app/1 app/2 app/3", 60, 5)]);
    let all = "Restart(target: \"app\", at: \"1m\")";
    assert_eq!(crashes(all, boot), [one("app/1 app/2 app/3", 60, 20)]);
    let rolling = "Restart(target: \"app\", at: \"1m\", each: \"30s\")";
    let expected = [1, 2, 3].map(|n| one(&format!("app/{n}"), 30 + 30 * n, 20));
    assert_eq!(crashes(rolling, boot), expected);
    // h1 holds the first and the third: each comes back after its own boot.
    let host = "Restart(target: \"h1\", at: \"1m\")";
    assert_eq!(crashes(host, boot), [one("app/1 app/3", 60, 20)]);
}

#[test]
fn what_is_no_restart() {
    let with = |fault: &str| format!("{fault}, {OLD}");
    for (fault, place, message) in [
        (
            "Restart(target: \"sw1\", at: \"1m\")",
            "\"sw1\"",
            "`sw1` has no `boot`",
        ),
        (
            "Restart(target: \"app/1\", at: \"1m\", each: \"7s\")",
            "\"7s\"",
            "one node is restarted: there is no next one",
        ),
        (
            "Restart(target: \"app/any\", at: \"1m\", each: \"7s\")",
            "\"7s\"",
            "one node is restarted: there is no next one",
        ),
        (
            "Restart(target: \"app\", at: \"1m\", each: \"0s\")",
            "\"0s\"",
            "",
        ),
        (
            "Restart(target: \"apq\", at: \"1m\")",
            "\"apq\"",
            "there is no",
        ),
        (
            "Restart(target: \"app -> db\", at: \"1m\")",
            "\"app -> db\"",
            "Crash strikes parts, not links",
        ),
    ] {
        check_refused(&[(OLD, &with(fault), place, message)]);
    }
    check_refused(&[("replicas: 3", "replicas: 3, boot: \"0s\"", "\"0s\"", "")]);
}

#[test]
fn what_does_not_expire() {
    let with = |target: &str| format!("Expire(target: \"{target}\", at: \"1m\"), {OLD}");
    for (target, message) in [
        (
            "app/2",
            "all nodes of a component expire at once, not `app/2`",
        ),
        (
            "app/any",
            "all nodes of a component expire at once, not `app/any`",
        ),
        ("h1", "all nodes of a component expire at once, not `h1`"),
        ("sw1", "a switch can only crash"),
        ("dns", "lookups at `dns` are no calls"),
        ("app -> web", "there is no link"),
    ] {
        let place = format!("\"{target}\"");
        check_refused(&[(OLD, &with(target), &place, message)]);
    }
    for target in ["pay", "app", "app -> pay"] {
        let model = model(&shop_with(OLD, &with(target)));
        assert_eq!(model.faults[0].kind, FaultKind::Expire);
    }
}

#[test]
fn what_is_no_overload() {
    let with = |target: &str, factor: &str| {
        format!("Overload(target: \"{target}\", factor: {factor}, at: \"1m\"), {OLD}")
    };
    for (target, factor, place, message) in [
        (
            "crawl",
            "3",
            "\"crawl\"",
            "the users of `crawl` wait for their answers: they have no rate",
        ),
        ("user", "3", "\"user\"", "there is no workload `user`"),
        ("app", "3", "\"app\"", "there is no workload `app`"),
        ("users", "1", "1", "no more than usual is no overload"),
        (
            "users",
            "2e6",
            "2e6",
            "nothing is sent more than a million times as often",
        ),
    ] {
        check_refused(&[(OLD, &with(target, factor), place, message)]);
    }
    let model = model(&shop_with(OLD, &with("users", "3")));
    assert_eq!(model.faults[0].kind, FaultKind::Overload(3.0));
}

/// A log is sent as it was logged.
#[test]
fn a_log_is_not_overloaded() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("log.tsv"), "t\tu\n1\t/a\n2.5\t/b\n").unwrap();
    let text = shop_with(
        "\"crawl\": ",
        "\"log\": Replay(file: \"log.tsv\", format: Tsv(time: \"t\", url: \"u\"),
         otherwise: \"look\"), \"crawl\": ",
    );
    let fault = format!("Overload(target: \"log\", factor: 2, at: \"1m\"), {OLD}");
    let text = text.replacen(OLD, &fault, 1);
    let (_, problems) = load_in(folder.path(), &text);
    let [problem] = problems.list() else {
        panic!("{}", problems.human(false))
    };
    assert_eq!(problem.message, "`log` is sent as it was logged");
}
