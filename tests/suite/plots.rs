//! The plots of real results, read back: title, axes with units, series, nothing outside.

use linchpin::experiment::{CurveSettings, Settings, SpofSettings, compare, curve, run, spof};
use linchpin::report;

use crate::support::files::{candidate, model, sized};
use crate::support::svg::{Element, elements};

const THREE_TIERS: &str = "topologies/three-tier.ron";

/// One picture as its elements.
struct Picture {
    name: String,
    elements: Vec<Element>,
}

/// The plots among the files of a result.
fn pictures(files: Vec<report::File>) -> Vec<Picture> {
    let is_svg = |(name, _): &report::File| name.to_ascii_lowercase().ends_with(".svg");
    let read = |(name, bytes): report::File| Picture {
        name,
        elements: elements(&String::from_utf8(bytes).unwrap()),
    };
    files.into_iter().filter(is_svg).map(read).collect()
}

impl Picture {
    fn texts(&self) -> Vec<&str> {
        let texts = self.elements.iter().filter(|one| one.name == "text");
        texts.map(|one| one.text.trim()).collect()
    }

    /// Asserts a title that names the system, each of `labels`, and that all is inside.
    #[track_caller]
    fn shows(&self, system: &str, labels: &[&str]) {
        let texts = self.texts();
        let title = self.elements.iter().find(|one| one.name == "text").unwrap();
        assert!(title.text.contains(system), "{}: {texts:?}", self.name);
        assert!(
            title.number("font-size") >= 16.0,
            "{}: {title:?}",
            self.name
        );
        for label in labels {
            let found = texts.iter().any(|text| text.contains(label));
            assert!(found, "{}: no {label:?} in {texts:?}", self.name);
        }
        self.stays_inside();
        self.has_no_text_over_text();
    }

    #[track_caller]
    fn stays_inside(&self) {
        let root = &self.elements[0];
        assert_eq!(root.name, "svg");
        let width = root.number("width");
        assert_eq!(width, 800.0, "{} is made for 800 pixels", self.name);
        let view = format!("0 0 {} {}", root.value("width"), root.value("height"));
        assert_eq!(root.value("viewBox"), view);
        let height = root.number("height");
        for text in self.written() {
            assert!(text.number("font-size") >= 12.0, "{}: {text:?}", self.name);
            let (left, top, right, bottom) = text.extent();
            // The widths of letters are on the safe side, so a pixel or two may be over.
            let inside = left >= -2.0 && top >= 0.0 && right <= width + 2.0 && bottom <= height;
            assert!(inside, "{}: {text:?} at {:?}", self.name, text.extent());
        }
    }

    fn written(&self) -> impl Iterator<Item = &Element> {
        let is_text = |one: &&Element| one.name == "text" && !one.text.trim().is_empty();
        self.elements.iter().filter(is_text)
    }

    /// Two texts on one line must not run into each other, letters taken a fifth narrower.
    #[track_caller]
    fn has_no_text_over_text(&self) {
        let boxes: Vec<_> = self.written().map(|text| (text, narrow(text))).collect();
        for (place, (text, a)) in boxes.iter().enumerate() {
            for (other, b) in &boxes[place + 1..] {
                let apart = a.2 <= b.0 || b.2 <= a.0 || a.3 <= b.1 || b.3 <= a.1;
                assert!(
                    apart,
                    "{}: {:?} over {:?}",
                    self.name, text.text, other.text
                );
            }
        }
    }

    /// How many different colours of strokes and discs that are not black, white or grey.
    fn colours(&self) -> usize {
        let mut seen = std::collections::BTreeSet::new();
        for (name, attribute) in [("polyline", "stroke"), ("circle", "fill"), ("rect", "fill")] {
            for one in self.elements.iter().filter(|one| one.name == name) {
                let colour = one.attributes.iter().find(|(key, _)| key == attribute);
                if let Some((_, colour)) = colour.filter(|(_, colour)| is_colour(colour)) {
                    seen.insert(colour.clone());
                }
            }
        }
        seen.len()
    }
}

/// The box of a text with letters a fifth narrower and without the space above and below.
fn narrow(text: &Element) -> (f64, f64, f64, f64) {
    let (left, top, right, bottom) = text.extent();
    let (width, size) = (right - left, text.number("font-size"));
    let cut = 0.1 * width;
    (
        left + cut,
        top + 0.2 * size,
        right - cut,
        bottom - 0.25 * size,
    )
}

fn is_colour(text: &str) -> bool {
    let Some(hex) = text.strip_prefix('#').filter(|hex| hex.len() == 6) else {
        return false;
    };
    let part = |at: usize| i32::from_str_radix(&hex[at..at + 2], 16).unwrap();
    let (red, green, blue) = (part(0), part(2), part(4));
    (red - green)
        .abs()
        .max((green - blue).abs())
        .max((red - blue).abs())
        > 40
}

#[track_caller]
fn by_name<'p>(pictures: &'p [Picture], name: &str) -> &'p Picture {
    let found = pictures.iter().find(|one| one.name == name);
    let names: Vec<&str> = pictures.iter().map(|one| &*one.name).collect();
    found.unwrap_or_else(|| panic!("no {name} among {names:?}"))
}

#[test]
fn a_run_shows_its_times_and_its_resources() {
    let result = run(&model(THREE_TIERS, &[]), &sized(1, 10, 2_000)).unwrap();
    let all = pictures(report::files_of_run(&result));
    let times = by_name(&all, "distribution.svg");
    let marks = ["response time (ms", "(%)", "p50", "p95", "p99", "mean"];
    times.shows("three tiers", &marks);
    let bars = by_name(&all, "utilisation.svg");
    let resources = ["was.cpu", "db.cpu", "lb.cpu", "was.threads", "bottleneck"];
    bars.shows("three tiers", &resources);
    bars.shows("three tiers", &["utilisation (%)"]);
    assert!(bars.colours() >= 2, "the bottleneck stands out");
}

#[test]
fn a_time_series_marks_the_faults() {
    let faults = [
        "faults=[Crash(target: \"was/1\", at: \"3s\", lasts: \"4s\")]",
        "run=(duration: \"12s\", replications: 5)",
    ];
    let result = run(&model(THREE_TIERS, &faults), &Settings::new(1)).unwrap();
    let all = pictures(report::files_of_run(&result));
    let series = by_name(&all, "timeseries.svg");
    let labels = ["traffic (requests/s)", "offered", "answered", "failed"];
    series.shows("three tiers", &labels);
    let labels = [
        "response time (",
        "p95",
        "mean",
        "in the system",
        "(s)",
        "was/1",
    ];
    series.shows("three tiers", &labels);
    assert!(series.colours() >= 3);
}

#[test]
fn a_curve_shows_its_zones_and_its_points() {
    let found = curve(
        &model("topologies/theory/usl.ron", &[]),
        &Settings::new(1),
        &CurveSettings::default(),
    );
    let all = pictures(report::files_of_curve(&found.unwrap()));
    let picture = by_name(&all, "curve.svg");
    let zones = [
        "light",
        "heavy",
        "buckle",
        "saturation point",
        "at 22 users",
    ];
    picture.shows("USL", &zones);
    let axes = [
        "throughput (requests/s)",
        "response time (ms)",
        "users",
        "recommended at most",
    ];
    picture.shows("USL", &axes);
    picture.shows("USL", &["mean", "p95", "p99", "knee"]);
    assert!(picture.colours() >= 4);
}

#[test]
fn a_comparison_shows_every_design() {
    let designs = [
        candidate("base", THREE_TIERS, &[]),
        candidate("out", THREE_TIERS, &["was.replicas=4"]),
        candidate("up", THREE_TIERS, &["was.cores=4"]),
    ];
    let found = compare(&designs, &sized(1, 5, 500)).unwrap();
    let all = pictures(report::files_of_compare(&found));
    let picture = by_name(&all, "compare.svg");
    let labels = [
        "base",
        "out",
        "up",
        "response time (ms)",
        "mean",
        "p95",
        "utilisation",
    ];
    picture.shows("3 designs", &labels);
    picture.shows("3 designs", &["(%)"]);
}

#[test]
fn single_points_are_shown_with_what_they_cost() {
    let settings = Settings {
        replications: Some(2),
        ..Settings::new(1)
    };
    let slipp = model("topologies/slipp.ron", &[]);
    let found = spof(&slipp, &settings, &SpofSettings::default()).unwrap();
    let all = pictures(report::files_of_spof(&found));
    let picture = by_name(&all, "spof.svg");
    let parts = [
        "dns",
        "nginx",
        "tomcat",
        "mysql",
        "h1",
        "h2",
        "sw",
        "structural",
    ];
    picture.shows("slipp", &parts);
    picture.shows("slipp", &["(%)", "transient", "capacity"]);
}
