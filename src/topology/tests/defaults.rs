//! What is left out means what `--explain-defaults` says.

use super::*;
use crate::schema::Preset;
use crate::topology::defaults::all;

/// Where a default can be written in [`SHOP`] so that it replaces what is left out.
fn path(preset: &Preset) -> (String, String) {
    let field = preset.field;
    let written = |place: &str| (format!("{place}.{field}"), preset.value.to_owned());
    match (preset.of, field) {
        ("Dns", _) => written("components.dns"),
        ("LoadBalancer", "standby.advert") => (
            "components.lb.standby".into(),
            format!("Vrrp(advert: {})", preset.value),
        ),
        ("LoadBalancer", _) => written("components.lb"),
        ("Route", _) => written("components.lb.routes[0]"),
        ("WebServer", _) => written("components.web"),
        // On a host the CPU is the host's, so that `cores` and `discipline` need another place.
        ("AppServer", "cores" | "discipline") => written("components.alone"),
        ("AppServer" | "components", _) => written("components.app"),
        ("Database", _) => written("components.db"),
        ("Cache", _) => written("components.cache"),
        ("Queue", _) => written("components.post"),
        ("Worker", _) => written("components.clerk"),
        ("Cdn", _) => written("components.cdn"),
        ("External", _) => written("components.pay"),
        ("policy", "ties") => (
            "components.lb.policy".into(),
            format!("LeastConnections(ties: {})", preset.value),
        ),
        ("PowerOf", "choices") => (
            "components.lb.policy".into(),
            format!("PowerOf(choices: {})", preset.value),
        ),
        ("ConsistentHash", "points") => (
            "components.lb.policy".into(),
            format!("ConsistentHash(points: {})", preset.value),
        ),
        ("autoscale", _) => written("components.app.autoscale"),
        ("failure", _) => ("components.app.failure".into(), preset.value.to_owned()),
        ("links", "retry.backoff") => written("links.\"lb -> app\""),
        ("links", guard) if guard.starts_with("eject.") => written("links.\"lb -> app\""),
        (
            "links",
            "balance" | "retry.attempts" | "retry.elsewhere" | "retry.jitter" | "retry.bucket",
        ) => written("links.\"app -> pay\""),
        ("links", guard) if guard.starts_with("breaker.") || guard.starts_with("rate_limit.") => {
            written("links.\"app -> pay\"")
        }
        ("links", _) => written("links.\"app -> db\""),
        ("machines", _) => written("machines.small"),
        ("Daily", _) => written("workload.users.rate"),
        ("Open" | "workload", _) => written("workload.users"),
        ("Closed", _) => written("workload.crawl"),
        ("Replay", _) => written("workload.log"),
        ("Request", _) => written("journeys.visit[0]"),
        ("memory", _) => written("components.alone.memory"),
        ("faults", _) => written("faults[0]"),
        ("alarms", _) => written("alarms.errors"),
        ("run", _) => written("run"),
        (of, field) => panic!("nobody tests the default of {of}.{field}"),
    }
}

/// What a cache holds where that is simulated.
const CONTENTS: &str = "capacity: 5, ttl: \"1s\", keys: Zipf(items: 9, exponent: 1)";

/// A link of the balancer, before all others.
const BALANCED: &str = "links: { \"lb -> app\": (retry: (), eject: ()),";

/// Faults that leave something out.
const FAULTS: &str = "faults: [
    Partition(from: \"app/1\", to: \"db\", at: \"1m\", lasts: \"1s\"),
    Restart(target: \"app/1\", at: \"2m\"),";

/// Where the fields of the servers begin.
const APP: &str = "\"app\": AppServer(";

/// Servers that come and go.
const SCALED: &str = "autoscale: (min: 2, max: 5, target: \"cpu <= 60%\", boot: \"1m\")";

/// What the default is compared within.
fn base(preset: &Preset) -> String {
    let text = SHOP
        .replace("machines: {", "machines: { \"small\": (cores: 1),")
        .replace(
            "\"pay\": Ext",
            "\"alone\": AppServer(machine: \"small\", memory: (size: \"1GiB\"), \
             service: \"1ms\"), \"pay\": Ext",
        )
        .replace(
            "\"pay\": Ext",
            "\"post\": Queue(), \"clerk\": Worker(from: \"post\", service: \"1ms\"), \"pay\": Ext",
        )
        .replace("Call(\"pay\")]", "Publish(\"post\"), Call(\"pay\")]")
        .replace("Call(\"pay\")]", "Call(\"pay\"), Call(\"alone\")]")
        .replace("rate: \"10/s\",", "rate: \"10/s\", people: 9,")
        .replace(
            "timeout: \"2s\", retry: (",
            "breaker: (), rate_limit: (rate: \"5/s\"), retry: (budget: 0.1, ",
        )
        .replace(
            "latency: \"80ms\"",
            "latency: \"80ms\", rate_limit: (rate: \"5/s\")",
        )
        .replace("links: {", BALANCED)
        .replace("faults: [", FAULTS)
        .replace(
            "run: (",
            "alarms: { \"errors\": (when: \"error rate > 5%\") }, run: (",
        );
    match preset.of {
        "Route" => text.replace(
            "to: \"app\"",
            "to: \"app\", routes: [(class: \"buy\", to: \"app\")]",
        ),
        "policy" => text.replace("to: \"app\"", "to: \"app\", policy: LeastConnections"),
        "ConsistentHash" => text.replace("to: \"app\"", "to: \"app\", policy: ConsistentHash"),
        "failure" => text.replace(APP, &format!("{APP}failure: {}, ", preset.field)),
        "autoscale" => text.replace(APP, &format!("{APP}{SCALED}, ")),
        "PowerOf" => text.replace("to: \"app\"", "to: \"app\", policy: PowerOf"),
        "Replay" => text.replace(
            "\"crawl\": ",
            "\"log\": Replay(file: \"log.tsv\", format: Tsv(time: \"t\", url: \"u\"),
             otherwise: \"look\"), \"crawl\": ",
        ),
        "Daily" => text.replace(
            "rate: \"10/s\"",
            "rate: Daily(dau: 9, visits: 1, peak_ratio: 2)",
        ),
        "Dns" if preset.field == "health" => {
            text.replace("Dns(to: \"lb\", health: ())", "Dns(to: \"lb\")")
        }
        "Database" if preset.field == "cores" => {
            text.replace("machine: \"m.large\", read_replicas", "read_replicas")
        }
        "Database" if preset.field == "read_replicas" => text.replace("read_replicas: 1,", ""),
        "Cdn" => text.replace("hit: 0.9", CONTENTS),
        "Cache" if ["eviction", "renew", "fill"].contains(&preset.field) => {
            text.replace("hit: 0.8", CONTENTS)
        }
        "Cache" if preset.field == "copies" => text.replace(", copies: 2", ""),
        "AppServer" if preset.field == "session_ttl" => {
            text.replace(APP, &format!("{APP}sessions: Local, "))
        }
        "AppServer" if preset.field == "cores" => {
            text.replace("machine: \"small\", memory", "memory")
        }
        _ => text,
    }
}

#[test]
fn a_default_written_out_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("log.tsv"), "t\tu\n1\t/a\n2.5\t/b\n").unwrap();
    for preset in all() {
        let text = base(preset);
        let (path, value) = path(preset);
        let assignment = format!("{path}={value}");
        let load = |set: &[&str]| {
            let source = Source::new("f.ron", &*text);
            let (loaded, problems) = load_source(source, folder.path(), "--set", set);
            assert!(
                !problems.has_errors(),
                "{assignment}:\n{}",
                problems.human(false)
            );
            format!("{:?}", loaded.unwrap().model)
        };
        assert!(load(&[]) == load(&[&assignment]), "{assignment}");
    }
}

#[test]
fn every_default_has_a_source() {
    for preset in all() {
        let own = preset.source.starts_with("linchpin's choice because ");
        assert!(own || preset.source.contains(", ") || preset.source.starts_with("RFC"));
    }
}
