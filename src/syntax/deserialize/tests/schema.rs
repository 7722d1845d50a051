//! A small schema with every shape of the format.

use std::collections::BTreeMap;
use std::fmt::{self, Formatter};

use serde::de::value::{EnumAccessDeserializer, MapAccessDeserializer};
use serde::de::{Deserialize, Deserializer, EnumAccess, Error, MapAccess, SeqAccess, Visitor};

use super::super::{At, SHARED, inside};
use crate::quantity::{Count, Limit, Rate, Share, Time};

#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Topology {
    pub(super) name: String,
    #[serde(default)]
    pub(super) components: BTreeMap<String, Component>,
    #[serde(default)]
    pub(super) workload: BTreeMap<String, Workload>,
    #[serde(default)]
    pub(super) links: BTreeMap<String, Link>,
    pub(super) entry: Option<At<String>>,
    #[serde(default)]
    pub(super) objectives: Vec<Objective>,
}

#[derive(Debug)]
pub(super) struct Component {
    pub(super) shared: Shared,
    pub(super) kind: Kind,
}

pub(super) const SHARED_FIELDS: &[&str] = &["replicas", "on"];

#[derive(Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Shared {
    pub(super) replicas: Option<Count>,
    pub(super) on: Option<Vec<At<String>>>,
}

#[derive(Debug, serde::Deserialize)]
pub(super) enum Kind {
    AppServer(AppServer),
    LoadBalancer(LoadBalancer),
}

#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AppServer {
    pub(super) cores: Count,
    pub(super) threads: Option<Limit>,
    pub(super) service: Law,
    #[serde(default)]
    pub(super) calls: Vec<At<String>>,
    pub(super) failure: Option<Failure>,
}

#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LoadBalancer {
    pub(super) to: At<String>,
    pub(super) sticky: Option<Sticky>,
}

#[derive(Debug, PartialEq, serde::Deserialize)]
pub(super) enum Sticky {
    Cookie,
    Address,
}

#[derive(Debug, serde::Deserialize)]
pub(super) enum Workload {
    Open(Open),
    Hold(Time),
}

#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Open {
    pub(super) rate: Rate,
    pub(super) share: Option<Share>,
}

#[derive(Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Link {
    pub(super) pool: Option<u32>,
}

#[derive(Debug, PartialEq)]
pub(super) enum Law {
    Constant(Time),
    Named(NamedLaw),
}

#[derive(Debug, PartialEq, serde::Deserialize)]
pub(super) enum NamedLaw {
    Exponential(Time),
    Erlang(Erlang),
    Sum(Vec<Law>),
}

#[derive(Debug, PartialEq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Erlang {
    pub(super) mean: Time,
    pub(super) stages: Count,
}

#[derive(Debug, PartialEq)]
pub(super) enum Failure {
    Server,
    Given(Given),
}

#[derive(Debug, PartialEq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Given {
    pub(super) mtbf: Law,
    pub(super) mttr: Law,
}

#[derive(serde::Deserialize)]
pub(super) enum Preset {
    Server,
}

#[derive(Debug)]
pub(super) struct Objective;

pub(super) struct ComponentVisitor;
pub(super) struct LawVisitor;
pub(super) struct FailureVisitor;
pub(super) struct ObjectiveVisitor;

impl<'de> Visitor<'de> for ComponentVisitor {
    type Value = Component;

    fn expecting(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("a component like AppServer(...)")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut views: A) -> Result<Component, A::Error> {
        let shared = views.next_element()?.expect("first view");
        Ok(Component {
            shared,
            kind: views.next_element()?.expect("second view"),
        })
    }
}

impl<'de> Visitor<'de> for LawVisitor {
    type Value = Law;

    fn expecting(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("a time like \"8ms\" or a law like Exponential(\"8ms\")")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Law, E> {
        text.parse().map(Law::Constant).map_err(E::custom)
    }

    fn visit_enum<A: EnumAccess<'de>>(self, access: A) -> Result<Law, A::Error> {
        NamedLaw::deserialize(EnumAccessDeserializer::new(access)).map(Law::Named)
    }
}

impl<'de> Visitor<'de> for FailureVisitor {
    type Value = Failure;

    fn expecting(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("Server or (mtbf: ..., mttr: ...)")
    }

    fn visit_enum<A: EnumAccess<'de>>(self, access: A) -> Result<Failure, A::Error> {
        let Preset::Server = Preset::deserialize(EnumAccessDeserializer::new(access))?;
        Ok(Failure::Server)
    }

    fn visit_map<A: MapAccess<'de>>(self, access: A) -> Result<Failure, A::Error> {
        Given::deserialize(MapAccessDeserializer::new(access)).map(Failure::Given)
    }
}

impl Visitor<'_> for ObjectiveVisitor {
    type Value = Objective;

    fn expecting(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("a condition like \"p95 < 60ms\"")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Objective, E> {
        match text.find('?') {
            Some(at) => Err(E::custom(inside(
                &(at..at + 1),
                "no question marks\nhelp: say it",
            ))),
            None => Ok(Objective),
        }
    }
}

/// `Deserialize` by one of the visitors above.
macro_rules! visited {
    ($type:ident, $method:ident, ($($argument:expr),*)) => {
        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                from.$method($($argument),*)
            }
        }
    };
}
visited!(
    Component,
    deserialize_struct,
    (SHARED, SHARED_FIELDS, ComponentVisitor)
);
visited!(Law, deserialize_any, (LawVisitor));
visited!(Failure, deserialize_any, (FailureVisitor));
visited!(Objective, deserialize_any, (ObjectiveVisitor));
