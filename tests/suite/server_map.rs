//! The drawn server map, read back.

use linchpin::law::Law;
use linchpin::model::builder::{Builder, health, seconds};
use linchpin::model::{ComponentId, Model, NameService, Path, Step, Tier};
use linchpin::reliability::{Structure, single_points};
use linchpin::report::graph::{Marks, dot, mermaid, svg};

use crate::support::random_model::random_model;
use crate::support::svg::{Element, elements};

/// One of each part, all single, on two hosts behind one switch.
fn slipp() -> Model {
    let mut b = Builder::new("slipp <한글> & \"more\"");
    let dns = b.component("dns", 1);
    let (nginx, tomcat, mysql) = (
        b.component("nginx", 1),
        b.component("tomcat", 1),
        b.database("mysql", 0, 0),
    );
    b.model().components[dns.index()].names = Some(NameService {
        ttl: seconds(60),
        lookup: Law::Constant(1e6),
        health: None,
    });
    let (h1, h2, sw) = (b.host("h1", 4), b.host("h2", 4), b.switch("sw"));
    b.on(nginx, &[h1]).on(tomcat, &[h1]).on(mysql, &[h2]);
    let resolve = Step::Resolve(b.calling(dns, &[(nginx, 1.0)], None));
    let (to_tomcat, to_mysql) = (b.call(nginx, tomcat), b.call(tomcat, mysql));
    for (from, to) in [(dns, nginx), (tomcat, mysql)] {
        b.link(from, to).via = Some(Path {
            options: vec![vec![sw]],
            detect: 0,
        });
    }
    b.link(tomcat, mysql).pool = Some(40);
    b.operation(dns, "default", vec![resolve])
        .operation(nginx, "default", vec![to_tomcat]);
    b.operation(tomcat, "default", vec![to_mysql]);
    b.tier_operation(mysql, "default", Tier::Primary, vec![], 0.0);
    b.open("users", 1.0, &[("page", dns, 1.0)]);
    b.build()
}

/// Balanced tiers with side parts, long arrows and a circle.
fn tiers() -> Model {
    let mut b = Builder::new("tiers");
    let names = [
        ("cdn", 1),
        ("lb", 2),
        ("web", 3),
        ("was", 6),
        ("cache", 3),
        ("session", 2),
    ];
    let parts: Vec<ComponentId> = names
        .iter()
        .map(|(name, count)| b.component(name, *count))
        .collect();
    let [cdn, lb, web, was, cache, session] = parts[..] else {
        unreachable!()
    };
    let (db, pay) = (b.database("db", 1, 2), b.component("pay", 1));
    b.model().components[pay.index()].external = true;
    for (from, to) in [
        (cdn, lb),
        (lb, web),
        (web, was),
        (was, cache),
        (was, session),
        (was, db),
        (was, pay),
        (cache, db),
        (lb, session),
        (was, web),
        (cdn, pay),
    ] {
        b.call(from, to);
    }
    b.link(lb, web).health = Some(health(seconds(2), 3, 2));
    b.link(was, db).timeout = Some(seconds(1));
    b.open("shoppers", 1.0, &[("page", cdn, 1.0)]);
    b.open("partners", 1.0, &[("order", lb, 1.0)]);
    b.build()
}

fn marked(model: &Model) -> Marks {
    let mut marks = Marks::single_points(model, &single_points(model, &Structure::of(model)));
    for component in 0..model.components.len() {
        marks
            .utilisation
            .insert(component.into(), component as f64 / 10.0);
    }
    marks
}

/// Checks what holds for every map, and returns its elements.
fn check(drawing: &str) -> Vec<Element> {
    let elements = elements(drawing);
    assert_eq!(
        elements
            .iter()
            .filter(|element| element.name == "title")
            .count(),
        1
    );
    let view: Vec<f64> = elements[0]
        .value("viewBox")
        .split(' ')
        .map(|number| number.parse().expect("a number"))
        .collect();
    for text in elements.iter().filter(|element| element.name == "text") {
        let (left, top, right, bottom) = text.extent();
        assert!(
            left >= view[0] && right <= view[0] + view[2],
            "{text:?} in {view:?}"
        );
        assert!(
            top >= view[1] && bottom <= view[1] + view[3],
            "{text:?} in {view:?}"
        );
    }
    elements
}

fn texts(elements: &[Element]) -> Vec<&str> {
    elements
        .iter()
        .filter(|e| e.name == "text")
        .map(|e| e.text.as_str())
        .collect()
}

#[test]
fn every_part_is_named_inside_the_view_with_its_marks_in_words() {
    let model = slipp();
    let elements = check(&svg(&model, &marked(&model)));
    let texts = texts(&elements);
    for name in [
        "users",
        "dns",
        "nginx",
        "tomcat",
        "mysql",
        "pool 40",
        "slipp <한글> & \"more\"",
    ] {
        assert_eq!(
            texts.iter().filter(|text| **text == name).count(),
            1,
            "{name}: {texts:?}"
        );
    }
    assert_eq!(
        texts.iter().filter(|text| **text == "single point").count(),
        4
    );
    assert_eq!(
        texts
            .iter()
            .filter(|text| **text == "via sw: single point")
            .count(),
        2
    );
    assert!(texts.contains(&"h1: single point") && texts.contains(&"h2: single point"));
    assert!(texts.contains(&"20 % busy"));
    let rings = elements
        .iter()
        .filter(|e| e.name == "rect" && e.has("stroke", "#D55E00"))
        .count();
    assert_eq!(rings, 6, "four components and two hosts");
}

#[test]
fn the_users_stand_at_the_left_and_callees_to_the_right_of_their_callers() {
    let model = slipp();
    let elements = check(&svg(&model, &Marks::default()));
    let x = |name: &str| {
        let text = elements
            .iter()
            .find(|e| e.name == "text" && e.text == name)
            .unwrap();
        text.number("x")
    };
    let order = ["users", "dns", "nginx", "tomcat", "mysql"].map(x);
    assert!(order.is_sorted_by(|a, b| a < b), "{order:?}");
    assert!(
        !texts(&elements)
            .iter()
            .any(|text| text.contains("single point"))
    );
}

#[test]
fn boxes_never_overlap_and_every_link_is_an_arrow() {
    let mut models = vec![slipp(), tiers()];
    models.extend((0..200).map(|seed| random_model(seed, true)));
    for model in models {
        let elements = check(&svg(&model, &marked(&model)));
        let boxes: Vec<(f64, f64, f64, f64)> = elements
            .iter()
            .filter(|e| e.name == "rect" && e.has("stroke", "#222222"))
            .map(|e| {
                let (x, y) = (e.number("x"), e.number("y"));
                (x, y, x + e.number("width"), y + e.number("height"))
            })
            .collect();
        assert_eq!(boxes.len(), model.components.len() + model.workloads.len());
        for (place, a) in boxes.iter().enumerate() {
            for b in &boxes[place + 1..] {
                let apart = a.2 <= b.0 || b.2 <= a.0 || a.3 <= b.1 || b.3 <= a.1;
                assert!(apart, "{}: {a:?} {b:?}", model.name);
            }
        }
        let arrows = elements
            .iter()
            .filter(|e| e.has("marker-end", "url(#head)"))
            .count();
        assert_eq!(arrows, model.links.len());
    }
}

#[test]
fn maps_are_the_same_each_time() {
    for model in [slipp(), tiers()] {
        let marks = marked(&model);
        assert_eq!(svg(&model, &marks), svg(&model.clone(), &marks.clone()));
        assert_eq!(dot(&model), dot(&model.clone()));
        assert_eq!(mermaid(&model), mermaid(&model.clone()));
    }
}
