//! What autoscaling refuses, and where.

use super::*;

const SCALING: &[Case] = &[
    (
        "replicas: 3,",
        "autoscale: (min: 6, max: 5, target: \"cpu <= 60%\", boot: \"1m\"),",
        "6",
        "the fewest nodes are more than the most",
    ),
    (
        "replicas: 3,",
        "replicas: 9, autoscale: (min: 2, max: 5, target: \"cpu <= 60%\", boot: \"1m\"),",
        "9",
        "`replicas` is how many are in service at the start, and 9 is not from 2 to 5",
    ),
    (
        "replicas: 3,",
        "autoscale: (min: 2, max: 5000, target: \"cpu <= 60%\", boot: \"1m\"),",
        "5000",
        "5000 nodes are more than the 1000",
    ),
    (
        "replicas: 3,",
        "autoscale: (min: 2, max: 5, target: \"p95 < 1s\", boot: \"1m\"),",
        "p95 < 1s",
        "nodes are added and taken by a utilisation alone",
    ),
    (
        "replicas: 3,",
        "autoscale: (min: 2, max: 5, target: \"disk <= 60%\", boot: \"1m\"),",
        "\"disk <= 60%\"",
        "nothing here has `disk` with a limit",
    ),
    (
        "replicas: 3,",
        "threads: Unlimited,
         autoscale: (min: 2, max: 5, target: \"threads <= 60%\", boot: \"1m\"),",
        "\"threads <= 60%\"",
        "nothing here has `threads` with a limit",
    ),
    (
        "replicas: 3,",
        "autoscale: (min: 2, max: 5, target: \"cpu <= 60%\", boot: \"1m\", every: \"0s\"),",
        "\"0s\"",
        "this time must be more than 0",
    ),
    (
        "hit: 0.8,",
        "hit: 0.8, autoscale: (min: 2, max: 5, target: \"cpu <= 60%\", boot: \"1m\"),",
        "(min: 2, max: 5, target: \"cpu <= 60%\", boot: \"1m\")",
        "the nodes of a Cache do not come and go by themselves",
    ),
];

#[test]
fn what_autoscaling_refuses() {
    check_refused(SCALING);
    // Behind a name service the addresses of nodes are kept.
    let scaled = shop_with(
        "replicas: 3,",
        "autoscale: (min: 2, max: 5, target: \"cpu <= 60%\", boot: \"1m\"),",
    );
    let text = scaled.replacen("Dns(to: \"lb\"", "Dns(to: \"app\"", 1);
    let found = errors(&text);
    let message = "clients of `dns` keep the addresses of nodes that leave";
    assert!(
        found.iter().any(|(_, said)| said.starts_with(message)),
        "{found:?}"
    );
    let text = scaled.replacen(
        "entry:",
        "groups: { \"g\": (members: [\"app\"]) }, entry:",
        1,
    );
    let found = errors(&text);
    assert_eq!(
        found,
        [(
            "\"app\"".to_owned(),
            "the nodes of `app` come and go".to_owned()
        )]
    );
    let alarm = "run: (";
    let text = scaled.replacen(
        alarm,
        "alarms: { \"busy\": (when: \"app: cpu > 90%\") }, run: (",
        1,
    );
    let found = errors(&text);
    let message = "alarms on the use of nodes that come and go are not built yet";
    assert_eq!(found, [("app: cpu > 90%".to_owned(), message.to_owned())]);
}
