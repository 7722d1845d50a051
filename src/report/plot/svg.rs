//! A reader of the SVG that plots are written in, for tests.

use super::picture::{SIZE, width_of};
use plotters::prelude::RGBColor;
use std::collections::BTreeMap;

/// One element: tag, attributes, text inside.
struct Element {
    tag: String,
    attributes: BTreeMap<String, String>,
    text: String,
}

/// A picture as a list of its elements.
pub struct Svg(Vec<Element>);

fn attributes(text: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut rest = text;
    while let Some((name, tail)) = rest.split_once("=\"") {
        let (value, tail) = tail.split_once('"').expect("a closed attribute");
        found.insert(name.trim().to_owned(), value.to_owned());
        rest = tail;
    }
    found
}

fn decoded(text: &str) -> String {
    let signs = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&apos;", "'"),
        ("&amp;", "&"),
    ];
    signs.iter().fold(text.to_owned(), |text, (entity, sign)| {
        text.replace(entity, sign)
    })
}

impl Svg {
    /// Splits the text into elements.
    pub fn read(svg: &str) -> Self {
        assert!(svg.starts_with("<svg ") && svg.trim_end().ends_with("</svg>"));
        let elements = svg
            .split('<')
            .skip(1)
            .filter(|part| !part.starts_with('/'))
            .map(|part| {
                let (head, text) = part.split_once('>').expect("a closed tag");
                let (tag, rest) = head.split_once(' ').expect("attributes");
                let text = decoded(text);
                Element {
                    tag: tag.to_owned(),
                    attributes: attributes(rest),
                    text: text.trim().to_owned(),
                }
            });
        Self(elements.collect())
    }

    fn tagged<'s>(&'s self, tag: &'s str) -> impl Iterator<Item = &'s Element> {
        self.0.iter().filter(move |element| element.tag == tag)
    }

    /// All texts.
    pub fn texts(&self) -> Vec<&str> {
        self.tagged("text")
            .map(|element| element.text.as_str())
            .collect()
    }

    /// Whether this text stands somewhere.
    pub fn has_text(&self, text: &str) -> bool {
        self.texts().contains(&text)
    }

    fn count(&self, tag: &str, attribute: &str, colour: RGBColor) -> usize {
        let RGBColor(r, g, b) = colour;
        let wanted = format!("#{r:02X}{g:02X}{b:02X}");
        let whole = |element: &&Element| {
            element.attributes.get(attribute) == Some(&wanted)
                && element
                    .attributes
                    .get("opacity")
                    .is_none_or(|opacity| opacity == "1")
        };
        self.tagged(tag).filter(whole).count()
    }

    /// Strokes in this colour.
    pub fn lines_in(&self, colour: RGBColor) -> usize {
        self.count("polyline", "stroke", colour) + self.count("line", "stroke", colour)
    }

    /// Discs in this colour.
    pub fn discs_in(&self, colour: RGBColor) -> usize {
        self.count("circle", "fill", colour)
    }

    /// Filled rectangles in this colour.
    pub fn patches_in(&self, colour: RGBColor) -> usize {
        self.count("rect", "fill", colour)
    }

    /// What holds for every plot: a title, legible texts, and everything inside the view box.
    pub fn check(&self) {
        let root = &self.0[0].attributes;
        assert_eq!(root["viewBox"], format!("0 0 {} {}", SIZE.0, SIZE.1));
        let title = self.tagged("text").next().expect("a title");
        assert!(title.attributes["font-size"].parse::<f64>().unwrap() >= 16.0);
        self.tagged("text").for_each(check_text);
        for element in &self.0[1..] {
            for (x, y) in points(element) {
                let inside = (0.0..=f64::from(SIZE.0)).contains(&x)
                    && (0.0..=f64::from(SIZE.1)).contains(&y);
                assert!(inside, "{} at {x}, {y}", element.tag);
            }
        }
    }
}

/// A text must be 12 pixels high and lie inside the picture with its whole width.
fn check_text(element: &Element) {
    let number = |name: &str| element.attributes[name].parse::<f64>().unwrap();
    let (x, y, size) = (number("x"), number("y"), number("font-size"));
    assert!(size >= 12.0, "{} is {size} pixels high", element.text);
    assert!(
        !element.attributes.contains_key("transform"),
        "{} is turned",
        element.text
    );
    let width = f64::from(width_of(&element.text, size));
    let left = match element.attributes["text-anchor"].as_str() {
        "start" => x,
        "middle" => x - width / 2.0,
        _ => x - width,
    };
    let right = f64::from(SIZE.0);
    assert!(
        left >= 0.0 && left + width <= right,
        "{} from {left} for {width}",
        element.text
    );
    let height = f64::from(SIZE.1);
    assert!(
        y - size >= 0.0 && y + size <= height,
        "{} at {y}",
        element.text
    );
}

/// Corners and ends of an element.
fn points(element: &Element) -> Vec<(f64, f64)> {
    let number = |name: &str| {
        element
            .attributes
            .get(name)
            .map(|text| text.parse::<f64>().unwrap())
    };
    let pair = |x: &str, y: &str| Some((number(x)?, number(y)?));
    let mut found: Vec<(f64, f64)> = [pair("x1", "y1"), pair("x2", "y2"), pair("x", "y")]
        .into_iter()
        .flatten()
        .collect();
    if let (Some((x, y)), Some((width, height))) = (pair("x", "y"), pair("width", "height")) {
        found.push((x + width, y + height));
    }
    if let (Some((x, y)), Some(radius)) = (pair("cx", "cy"), number("r")) {
        found.extend([(x - radius, y - radius), (x + radius, y + radius)]);
    }
    if let Some(list) = element.attributes.get("points") {
        found.extend(list.split_whitespace().map(|point| {
            let (x, y) = point.split_once(',').expect("a pair");
            (x.parse().unwrap(), y.parse().unwrap())
        }));
    }
    found
}
