//! `summary.json`: any result, with its keys in the order of the result's fields.

use serde::Serialize;

/// The result as indented JSON with a newline at its end. Numbers that are none become `null`.
///
/// # Panics
/// Never for the results of this crate, whose keys are texts.
pub fn pretty<T: Serialize>(result: &T) -> String {
    let mut text =
        serde_json::to_string_pretty(result).expect("results are plain data with text keys");
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    /// The keys of `--json -` and `summary.json` that readers may rely on.
    const RUN_KEYS: [&str; 29] = [
        "schema",
        "linchpin",
        "command",
        "seed",
        "topology",
        "replications",
        "duration_s",
        "warm_up_s",
        "events",
        "wall_s",
        "verdict",
        "requests",
        "breakdown_s",
        "users",
        "offered_rps",
        "throughput_rps",
        "goodput_rps",
        "error_rate",
        "availability",
        "error_free_seconds",
        "response_time_s",
        "classes",
        "components",
        "bottleneck",
        "bottlenecks",
        "objectives",
        "theory",
        "intervals",
        "response_time_spread_s",
    ];

    #[test]
    fn a_run_has_every_promised_key_and_ends_with_a_newline() {
        let text = pretty(&sample::run());
        let tree: serde_json::Value = serde_json::from_str(&text).unwrap();
        for key in RUN_KEYS {
            assert!(tree.get(key).is_some(), "{key} is missing");
        }
        assert!(text.ends_with("}\n"));
        assert_eq!(
            tree["response_time_s"]["p95"]["ci95"]
                .as_array()
                .unwrap()
                .len(),
            2
        );
    }

    #[test]
    fn components_keep_the_order_of_the_file() {
        let run = sample::run();
        let tree: serde_json::Value = serde_json::from_str(&pretty(&run)).unwrap();
        let names: Vec<&String> = tree["components"].as_object().unwrap().keys().collect();
        let expected: Vec<&str> = run.components.iter().map(|(name, _)| name).collect();
        assert_eq!(names, expected);
    }

    #[test]
    fn designs_of_a_comparison_carry_name_and_summary_side_by_side() {
        let tree: serde_json::Value = serde_json::from_str(&pretty(&sample::compare())).unwrap();
        let design = &tree["designs"][1];
        assert!(design["name"].is_string() && design["throughput_rps"]["value"].is_number());
    }
}
