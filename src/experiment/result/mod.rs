//! Results as plain data, with the keys of `summary.json`. Reports only render them.
//!
//! Times are seconds, rates per second, shares 0 to 1. Maps keep the order of the file.

pub mod bill;
pub mod capacity;
pub mod compare;
pub mod curve;
pub mod drill;
pub mod estimate;
pub mod fewest;
pub mod fit;
pub mod frontier;
pub mod highest;
pub mod intervals;
mod level;
pub mod part;
pub mod plan;
pub mod profile;
pub mod scaling;
pub mod served;
pub mod session;
pub mod simulated;
pub mod spof;
pub mod summary;
pub mod sweep;

pub use bill::{Bill, BillPart};
pub use capacity::{CapacityResult, Metastable, Tried};
pub use compare::{Change, CompareResult, Design, DesignCapacity, DesignLosses, Difference};
pub use curve::{Buckle, CurvePoint, CurveResult, LoadAxis, Saturation};
pub use drill::DrillResult;
pub use estimate::EstimateResult;
pub use fewest::FewestResult;
pub use fit::FitResult;
pub use frontier::{FrontierAxis, FrontierPoint, FrontierResult, Standing};
pub use highest::HighestResult;
pub use plan::PlanResult;
pub use profile::ProfileSummary;
pub use spof::{CutSet, PointClass, PointVerdict, Route, SinglePoint, SpofResult};
pub use summary::{
    BottleneckFinding, Breakdown, BreakerSummary, ClassSummary, ComponentSummary, EjectionSummary,
    Header, JourneySummary, LinkSummary, ObjectiveFinding, ObjectiveVerdict, PoolSummary,
    RequestCounts, ResourceSummary, RunResult, SeriesPoint, TheoryFinding, TimeStatistics,
    TopologyId, Users, Verdict, Warning,
};
pub use sweep::{SweepPoint, SweepResult};

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};

/// A list of named values that serialises as a map in the order of the list.
#[derive(Clone, Debug, PartialEq)]
pub struct Named<T>(pub Vec<(String, T)>);

impl<T> Default for Named<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Named<T> {
    /// The value called `name`.
    pub fn get(&self, name: &str) -> Option<&T> {
        self.0
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value)
    }

    /// Whether nothing is named.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Names and values in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &T)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }
}

impl<T: Serialize> Serialize for Named<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Named<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Entries<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Entries<T> {
            type Value = Named<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map from names to values")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Named<T>, A::Error> {
                let mut all = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    all.push(entry);
                }
                Ok(Named(all))
            }
        }
        from.deserialize_map(Entries(PhantomData))
    }
}
