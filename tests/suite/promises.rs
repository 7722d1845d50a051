//! Availability objectives, judged by `spof` from the failures that the file states (S41).

use crate::support::program::linchpin;

const TWO: &str = "topologies/failure/two-that-fail.ron";

fn judged(objectives: &str, set: &[&str], code: i32) -> (serde_json::Value, String) {
    let objectives = format!("objectives={objectives}");
    let mut args = vec!["spof", TWO, "--structural", "--set", &objectives];
    for one in set {
        args.extend(["--set", one]);
    }
    let told = linchpin(&args).exits(code).stdout;
    let json = linchpin(&[&args[..], &["--json", "-"]].concat())
        .exits(code)
        .json();
    (json, told)
}

/// Two nodes of q = 1/10: available 0.99 of the time, exactly.
#[test]
fn what_is_promised_is_held_against_what_is_exact() {
    let (json, told) = judged("[\"availability >= 98.9%\"]", &[], 0);
    let one = &json["objectives"][0];
    assert_eq!(one["verdict"], "pass");
    assert!(
        (one["measured"].as_f64().unwrap() - 0.99).abs() < 1e-12,
        "{one}"
    );
    assert_eq!(json["verdict"], "pass");
    assert!(told.contains("availability >= 98.9%"), "{told}");
    let (json, told) = judged("[\"p95 < 1s\", \"availability >= 99.1%\"]", &[], 99);
    assert_eq!(
        json["objectives"].as_array().unwrap().len(),
        1,
        "times are not judged here"
    );
    assert_eq!(json["objectives"][0]["verdict"], "fail");
    assert_eq!(json["verdict"], "fail");
    let reason = json["verdict_reason"].as_str().unwrap();
    assert!(
        reason.contains("`availability >= 99.1%` is broken by 99.0"),
        "{reason}"
    );
    assert!(told.contains("FAIL"), "{told}");
}

/// `a` needs the database of q = 1/100 as well, `b` does not: 0.9801 and 0.99 (and all of them
/// are up when `a` is).
#[test]
fn a_class_is_judged_by_its_own_availability() {
    let set = [
        "components.db=Database(cores: 1, service: \"1ms\", \
         failure: (mtbf: Exponential(\"99s\"), mttr: \"1s\"))",
        "app.operations={\"a\": [Call(\"db\")], \"b\": [Cpu(\"1ms\")]}",
        "users.mix={\"a\": 0.5, \"b\": 0.5}",
    ];
    // `service` and `operations` exclude each other.
    let file = std::fs::read_to_string(crate::support::program::root().join(TWO)).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("classes.ron");
    std::fs::write(&path, file.replace(" service: \"1ms\",", "")).unwrap();
    let objectives = "objectives=[\"a: availability >= 98.1%\", \"b: availability >= 98.9%\", \
                      \"availability >= 98%\"]";
    let mut args = vec![
        "spof",
        path.to_str().unwrap(),
        "--structural",
        "--json",
        "-",
    ];
    for one in set.iter().chain([&objectives]) {
        args.extend(["--set", one]);
    }
    let json = linchpin(&args).exits(99).json();
    for (place, (verdict, measured)) in [("fail", 0.9801), ("pass", 0.99), ("pass", 0.9801)]
        .into_iter()
        .enumerate()
    {
        let one = &json["objectives"][place];
        assert_eq!(one["verdict"], verdict, "{one}");
        assert!(
            (one["measured"].as_f64().unwrap() - measured).abs() < 1e-12,
            "{one}"
        );
    }
}

/// A part without `failure` counts as perfect: the verdict stands, and says so. Where no part has
/// one there is nothing to judge.
#[test]
fn parts_without_a_failure_law_are_named() {
    let switch = [
        "infrastructure={\"sw\": Switch()}",
        "links.\"users -> app\".via=[\"sw\"]",
    ];
    let (json, told) = judged("[\"availability >= 98%\"]", &switch, 99);
    assert_eq!(json["objectives"][0]["verdict"], "pass");
    let text = "is judged as if these never failed, for want of `failure`: sw";
    assert!(json["warnings"].to_string().contains(text), "{json}");
    assert!(told.contains("assumed_perfect"), "{told}");
    let args = [
        "spof",
        "topologies/three-tier.ron",
        "--structural",
        "--json",
        "-",
    ];
    let set = ["--set", "objectives=[\"availability >= 99.9%\"]"];
    let json = linchpin(&[&args[..], &set].concat()).exits(99).json();
    assert_eq!(json["objectives"][0]["verdict"], "no_data");
    assert!(
        json["warnings"]
            .to_string()
            .contains("write `failure` of the parts"),
        "{json}"
    );
}
