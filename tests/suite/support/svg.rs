//! Reading SVG back: a small strict reader of the XML that linchpin writes.

/// One element with its own text.
#[derive(Clone, Debug)]
pub struct Element {
    /// Its name.
    pub name: String,
    /// Its attributes in order, decoded.
    pub attributes: Vec<(String, String)>,
    /// Text directly inside it, decoded.
    pub text: String,
}

impl Element {
    /// An attribute that must be there.
    pub fn value(&self, name: &str) -> &str {
        let found = self.attributes.iter().find(|(key, _)| key == name);
        &found.unwrap_or_else(|| panic!("{self:?} has no {name}")).1
    }

    /// A number that must be there.
    pub fn number(&self, name: &str) -> f64 {
        self.value(name).parse().expect("a number")
    }

    /// Whether an attribute has this value.
    pub fn has(&self, name: &str, value: &str) -> bool {
        self.attributes
            .iter()
            .any(|(key, own)| key == name && own == value)
    }

    /// Left, top, right and bottom of a text, letters taken as wide as in a broad sans-serif face
    /// (`DejaVu` Sans): capitals 0.75 em, wide letters 1 em, others 0.64 em on the mean.
    pub fn extent(&self) -> (f64, f64, f64, f64) {
        let size = self.number("font-size");
        let ems: f64 = self.text.chars().map(em).sum();
        let (x, y, width) = (self.number("x"), self.number("y"), ems * size);
        let left = match self.value("text-anchor") {
            "middle" => x - width / 2.0,
            "end" => x - width,
            _ => x,
        };
        (left, y - size, left + width, y + size * 0.25)
    }
}

fn em(letter: char) -> f64 {
    match letter {
        'i' | 'l' | 'j' | ' ' | '.' | ',' | ':' => 0.35,
        'm' | 'w' | 'M' | 'W' | '%' | '\u{1100}'..='\u{FFEF}' => 1.0,
        'A'..='Z' => 0.75,
        _ => 0.64,
    }
}

/// All elements in the order of their start.
///
/// # Panics
/// Where the text is not well-formed.
pub fn elements(text: &str) -> Vec<Element> {
    let mut all: Vec<Element> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find('<') {
        if let Some(&inside) = open.last() {
            all[inside].text.push_str(&decoded(&rest[..start]));
        }
        let end = start + rest[start..].find('>').expect("a tag ends");
        let tag = &rest[start + 1..end];
        rest = &rest[end + 1..];
        if let Some(name) = tag.strip_prefix('/') {
            let closed = open.pop().expect("an element is open");
            assert_eq!(all[closed].name, name);
            continue;
        }
        let closes = tag.ends_with('/');
        all.push(element(tag.trim_end_matches('/')));
        if !closes {
            open.push(all.len() - 1);
        }
    }
    assert!(open.is_empty(), "an element is still open");
    all
}

fn element(tag: &str) -> Element {
    let (name, mut rest) = tag.split_once(' ').unwrap_or((tag, ""));
    let mut attributes: Vec<(String, String)> = Vec::new();
    while !rest.trim().is_empty() {
        let (key, after) = rest
            .split_once("=\"")
            .expect("an attribute has a quoted value");
        let (value, next) = after.split_once('"').expect("a value ends");
        assert!(
            attributes.iter().all(|(other, _)| other != key.trim()),
            "{key} twice in {tag}"
        );
        attributes.push((key.trim().to_owned(), decoded(value)));
        rest = next;
    }
    Element {
        name: name.to_owned(),
        attributes,
        text: String::new(),
    }
}

fn decoded(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        let (entity, after) = rest[at + 1..].split_once(';').expect("an entity ends");
        out.push(match entity {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            other => panic!("unknown entity {other}"),
        });
        rest = after;
    }
    out.push_str(rest);
    out
}
