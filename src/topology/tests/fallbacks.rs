//! Steps that stand in for a call: where they come to stand, and what is refused.

use super::*;
use crate::model::Step;

/// The shop with this fallback of `app -> db`, and these links before it.
fn falling(links: &str, fallback: &str) -> String {
    shop_with(
        "\"app -> db\": (pool: 20",
        &format!("{links} \"app -> db\": (pool: 20, fallback: {fallback}"),
    )
}

/// S16: beside every call over the link, wherever it stands, those of other fallbacks too; a disk
/// is there for whoever uses one.
#[test]
fn they_stand_beside_every_call_over_their_link() {
    let text = falling("", "[Disk(\"1ms\"), Call(\"pay\")]");
    let text = text.replace(
        "\"app -> pay\": (",
        "\"app -> pay\": (fallback: [Wait(\"1ms\")], ",
    );
    let model = model(&text);
    let app = component(&model, "app");
    assert_eq!(app.resources[1].name, "disk");
    let buy = &app.operations[0].steps;
    let covered = |step: &Step| match step {
        Step::Fallback { instead, .. } => match &instead[..] {
            [
                Step::Use { resource: 1, .. },
                Step::Fallback { instead, .. },
            ] => {
                matches!(instead[..], [Step::Wait(_)])
            }
            _ => false,
        },
        _ => false,
    };
    assert!(covered(&buy[1]), "{buy:?}");
    assert!(matches!(&buy[2], Step::Fallback { .. }), "{buy:?}");
    let Step::Cached { miss, .. } = &app.operations[1].steps[1] else {
        panic!("{:?}", app.operations[1]);
    };
    assert!(covered(&miss[0]), "{miss:?}");
}

/// Who is called in place of others alone has a link like others, and is known to be called.
#[test]
fn a_link_that_only_they_take_is_a_link() {
    let text = falling("\"app -> web\": (timeout: \"1s\"),", "[Call(\"web\")]");
    let model = model(&text);
    let spare = model.spare_links();
    let names: Vec<&str> = spare.iter().map(|&id| &*model.link(id).name).collect();
    assert_eq!(names, ["app -> web"]);
    let late = falling("\"app -> web\": (timeout: \"1s\"),", "Reply");
    assert!(errors(&late)[0].1.contains("`app` never calls `web`"));
}

#[test]
fn what_cannot_stand_in_for_a_call() {
    for (links, fallback, place, message) in [
        ("", "[]", "[]", "nothing is done here"),
        (
            "",
            "[Call(\"db.select\")]",
            "[Call(\"db.select\")]",
            "the fallback of `app -> db` makes the same call again",
        ),
        (
            "",
            "[Call(\"dbb\")]",
            "\"dbb\"",
            "there is no component `dbb`",
        ),
        (
            "",
            "[Forward(\"web\")]",
            "\"web\"",
            "Forward cannot hand over a branch, a turn of a loop, the filling of a cache or a",
        ),
        (
            "",
            "[Call(\"lb\")]",
            "\"app\"",
            "calls go round in a circle: ",
        ),
        (
            "\"cdn -> web\": (fallback: [Cpu(\"2ms\")]),",
            "Reply",
            "[Cpu(\"2ms\")]",
            "whoever calls here has no cpu and no disk of its own",
        ),
        (
            "\"users -> dns\": (fallback: [Wait(\"2ms\")]),",
            "Reply",
            "[Wait(\"2ms\")]",
            "users have no answer of their own",
        ),
    ] {
        let found = errors(&falling(links, fallback));
        let is_it = |(_, told): &(String, String)| told.starts_with(message);
        assert!(found.iter().all(is_it), "{links} {fallback}: {found:?}");
        let (told, place) = (found[0].0.trim_matches('"'), place.trim_matches('"'));
        assert_eq!(told, place, "{}", found[0].1);
    }
}

/// Each of two would wait for the other for ever.
#[test]
fn fallbacks_do_not_go_round_in_a_circle() {
    let text = falling("", "[Call(\"pay\")]");
    let back = "\"app -> pay\": (fallback: [Call(\"db.select\")], ";
    let found = errors(&text.replace("\"app -> pay\": (", back));
    let expected = (
        "[Call(\"pay\")]".to_owned(),
        "fallbacks go round in a circle: app -> db, then app -> pay, then app -> db".to_owned(),
    );
    assert_eq!(found, [expected]);
}

/// Twenty links, each of whose fallbacks makes two calls over the next: a million steps.
#[test]
fn they_do_not_grow_without_bound() {
    let part = |k: u32| format!("\"c{k}\": External(latency: \"1ms\"), ");
    let parts = (0..20).map(part).collect::<Vec<_>>().concat();
    let link = |k: u32| {
        let next = k + 1;
        format!("\"a -> c{k}\": (fallback: [Call(\"c{next}\"), Call(\"c{next}\")]), ")
    };
    let links = (0..19).map(link).collect::<Vec<_>>().concat();
    let text = format!(
        "(name: \"t\", components: {{ \"a\": AppServer(service: \"1ms\", calls: [\"c0\"]),
         {parts} }},
         links: {{ {links} }}, entry: \"a\", workload: {{ \"u\": Open(rate: \"1/s\") }})"
    );
    let found = errors(&text);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(
        found[0].1,
        "with its fallbacks this is more than 100000 steps"
    );
}

/// Links under one `to` are one way.
#[test]
fn links_under_one_to_have_the_same() {
    let text = |one: &str, other: &str| {
        format!(
            "(name: \"t\", components: {{ \"lb\": LoadBalancer(to: {{ \"a\": 1, \"b\": 1 }}),
             \"a\": AppServer(service: \"1ms\"), \"b\": AppServer(service: \"1ms\") }},
             links: {{ \"lb -> a\": (fallback: [Wait(\"{one}\")]),
             \"lb -> b\": (fallback: [Wait(\"{other}\")]) }},
             entry: \"lb\", workload: {{ \"u\": Open(rate: \"1/s\") }})"
        )
    };
    let model = model(&text("1ms", "1ms"));
    let last = component(&model, "lb").operations[0].steps.last();
    assert!(matches!(last, Some(Step::Fallback { .. })), "{last:?}");
    let found = errors(&text("1ms", "2ms"));
    assert_eq!(
        found[0].1,
        "`lb -> a` and `lb -> b` stand under one `to` and differ"
    );
}
