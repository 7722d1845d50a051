//! Fault trees in the Open-PSA model exchange format, as far as coherent ones need it: gates of
//! and, or, at least, nested; basic events with a constant probability; house events.

use std::collections::BTreeMap;

use linchpin::reliability::FaultTree;
use linchpin::reliability::fault_tree::{ALWAYS, NEVER};
use roxmltree::{Document, Node};

/// A tree with its events by number.
#[derive(Debug)]
pub struct Read {
    /// What makes its top fail.
    pub tree: FaultTree,
    /// Names of the basic events.
    pub events: Vec<String>,
    /// Their probabilities; 0 where none is stated.
    pub down: Vec<f64>,
}

/// Definitions of a file by name.
struct Definitions<'d> {
    gates: BTreeMap<&'d str, Node<'d, 'd>>,
    chances: BTreeMap<&'d str, f64>,
    houses: BTreeMap<&'d str, bool>,
}

/// Reads the tree under the one gate that no other gate reads.
///
/// # Errors
/// What is not understood.
pub fn read(text: &str) -> Result<Read, String> {
    let document = Document::parse(text).map_err(|error| error.to_string())?;
    let definitions = Definitions::of(&document);
    let order = definitions.order()?;
    let mut read = Read {
        tree: FaultTree::new(),
        events: Vec::new(),
        down: Vec::new(),
    };
    let mut places = BTreeMap::new();
    for &name in &order {
        let body = definitions.gates[name];
        let place = definitions.formula(body, &mut read, &mut places)?;
        places.insert(name, place);
    }
    let top = order.last().ok_or("no gate is defined")?;
    read.tree.set_top(places[top]);
    Ok(read)
}

fn elements<'d>(node: Node<'d, 'd>) -> impl Iterator<Item = Node<'d, 'd>> {
    node.children().filter(Node::is_element)
}

fn name<'d>(node: Node<'d, 'd>) -> Result<&'d str, String> {
    node.attribute("name")
        .ok_or_else(|| format!("<{}> without a name", node.tag_name().name()))
}

impl<'d> Definitions<'d> {
    fn of(document: &'d Document<'d>) -> Self {
        let mut found = Self {
            gates: BTreeMap::new(),
            chances: BTreeMap::new(),
            houses: BTreeMap::new(),
        };
        for node in document.descendants() {
            let Some(name) = node.attribute("name") else {
                continue;
            };
            let body = elements(node)
                .find(|child| !matches!(child.tag_name().name(), "label" | "attributes"));
            let value = || body.and_then(|body| body.attribute("value"));
            match node.tag_name().name() {
                "define-gate" => found.gates.extend(body.map(|body| (name, body))),
                "define-basic-event" => {
                    let chance = value().and_then(|value| value.parse().ok());
                    found.chances.extend(chance.map(|chance| (name, chance)));
                }
                "define-house-event" => {
                    found.houses.insert(name, value() == Some("true"));
                }
                _ => {}
            }
        }
        found
    }

    /// The gates that a formula names.
    fn gates_in(&self, body: Node<'d, 'd>) -> Vec<&'d str> {
        let named = body.descendants().filter_map(|node| node.attribute("name"));
        named.filter(|name| self.gates.contains_key(name)).collect()
    }

    /// All gates under the top, each after those it reads; the top is last.
    fn order(&self) -> Result<Vec<&'d str>, String> {
        let mut read: Vec<&str> = self
            .gates
            .values()
            .flat_map(|&body| self.gates_in(body))
            .collect();
        read.sort_unstable();
        let is_top = |name: &&&str| read.binary_search(*name).is_err();
        let tops: Vec<&&str> = self.gates.keys().filter(is_top).collect();
        let [top] = tops[..] else {
            return Err(format!("{} gates that no other reads", tops.len()));
        };
        let (mut order, mut state) = (Vec::new(), BTreeMap::new());
        let mut open = vec![(*top, false)];
        while let Some((name, done)) = open.pop() {
            if done {
                state.insert(name, true);
                order.push(name);
                continue;
            }
            match state.get(name) {
                Some(true) => continue,
                Some(false) => return Err(format!("`{name}` reads itself")),
                None => state.insert(name, false),
            };
            open.push((name, true));
            let below = self.gates_in(self.gates[name]);
            let new = below
                .into_iter()
                .filter(|below| state.get(below) != Some(&true));
            open.extend(new.map(|below| (below, false)));
        }
        Ok(order)
    }

    fn formula(
        &self,
        body: Node<'d, 'd>,
        read: &mut Read,
        places: &mut BTreeMap<&'d str, u32>,
    ) -> Result<u32, String> {
        let word = body.tag_name().name();
        match word {
            "gate" | "event" | "basic-event" | "house-event" => {
                return self.named(name(body)?, read, places);
            }
            "constant" => {
                let holds = body.attribute("value") == Some("true");
                return Ok(if holds { ALWAYS } else { NEVER });
            }
            _ => {}
        }
        let parts: Result<Vec<u32>, String> = elements(body)
            .map(|part| self.formula(part, read, places))
            .collect();
        let parts = parts?;
        match word {
            "or" => Ok(read.tree.any(parts)),
            "and" => Ok(read.tree.all(parts)),
            "atleast" => {
                let needed = body.attribute("min").and_then(|min| min.parse().ok());
                Ok(read
                    .tree
                    .at_least(needed.ok_or("<atleast> without min")?, parts))
            }
            other => Err(format!("<{other}> is not monotone")),
        }
    }

    fn named(
        &self,
        name: &'d str,
        read: &mut Read,
        places: &mut BTreeMap<&'d str, u32>,
    ) -> Result<u32, String> {
        if let Some(&place) = places.get(name) {
            return Ok(place);
        }
        if self.gates.contains_key(name) {
            return Err(format!("`{name}` is read before it is defined"));
        }
        if let Some(&holds) = self.houses.get(name) {
            return Ok(if holds { ALWAYS } else { NEVER });
        }
        let place = read.tree.event(read.events.len());
        read.events.push(name.to_owned());
        read.down
            .push(self.chances.get(name).copied().unwrap_or(0.0));
        places.insert(name, place);
        Ok(place)
    }
}
