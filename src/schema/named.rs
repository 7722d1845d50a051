//! Maps of the user's names, in the order of the file, and fields that take a name or a map.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};

use super::At;
use super::either::Either;
use crate::quantity::Factor;

/// A map from the user's names to things, in the order of the file.
#[derive(Clone, Debug, PartialEq)]
pub struct Named<T> {
    entries: Vec<(At<String>, T)>,
    /// Places of the entries in the order of their names.
    sorted: Vec<u32>,
}

impl<T> Default for Named<T> {
    fn default() -> Self {
        Self::new(Vec::new())
    }
}

impl<T> Named<T> {
    fn new(entries: Vec<(At<String>, T)>) -> Self {
        let mut sorted: Vec<u32> = (0..entries.len() as u32).collect();
        sorted.sort_by_key(|&place| &entries[place as usize].0.value);
        Self { entries, sorted }
    }

    fn name(&self, place: u32) -> &str {
        &self.entries[place as usize].0.value
    }

    /// The entries in the order of the file.
    pub fn iter(&self) -> std::slice::Iter<'_, (At<String>, T)> {
        self.entries.iter()
    }

    /// The entry called `name`, the first one of several.
    pub fn get(&self, name: &str) -> Option<&T> {
        let first = self
            .sorted
            .partition_point(|&place| self.name(place) < name);
        let place = *self.sorted.get(first)?;
        (self.name(place) == name).then(|| &self.entries[place as usize].1)
    }

    /// The names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().map(|(key, _)| key.value.as_str())
    }

    /// Number of names.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether nothing is named.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

impl<'a, T> IntoIterator for &'a Named<T> {
    type Item = &'a (At<String>, T);
    type IntoIter = std::slice::Iter<'a, (At<String>, T)>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Named<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Entries<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Entries<T> {
            type Value = Named<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map {\"name\": value}")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Named<T>, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Named::new(entries))
            }
        }
        from.deserialize_map(Entries(PhantomData))
    }
}

/// Reads a field that takes a name or a map of names.
///
/// # Errors
/// When the value is neither, at its place.
pub fn name_or_map<'de, D: Deserializer<'de>, T: Deserialize<'de>, R>(
    from: D,
    one: impl FnOnce(At<String>) -> R,
    many: impl FnOnce(Named<T>) -> R,
) -> Result<R, D::Error> {
    let At { value, span } = At::<Either<String, Named<T>>>::deserialize(from)?;
    Ok(match value {
        Either::One(value) => one(At { value, span }),
        Either::Many(map) => many(map),
    })
}

/// Where a kind passes requests on to: a name, or a map of names to weights.
#[derive(Clone, Debug, PartialEq)]
pub struct To {
    /// Components with their weights; the weight of a single name is 1.
    pub targets: Vec<(At<String>, f64)>,
}

impl To {
    /// Whether the weights differ, so that only a policy with weights honours them.
    pub fn is_weighted(&self) -> bool {
        self.targets
            .windows(2)
            .any(|pair| pair[0].1.total_cmp(&pair[1].1).is_ne())
    }
}

impl<'de> Deserialize<'de> for To {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let At { value, span } = At::<Either<String, Weights>>::deserialize(from)?;
        let targets = match value {
            Either::One(value) => vec![(At { value, span }, 1.0)],
            Either::Many(Weights(targets)) => targets,
        };
        Ok(Self { targets })
    }
}

/// Names with weights, one at least.
struct Weights(Vec<(At<String>, f64)>);

impl<'de> Deserialize<'de> for Weights {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let map: Named<Factor> = Named::deserialize(from)?;
        if map.is_empty() {
            return Err(D::Error::custom(
                "nobody is named here\nwrite `to: \"app\"`, or `to: {\"app\": 1}`",
            ));
        }
        let weight = |(name, weight): (At<String>, Factor)| (name, weight.value());
        Ok(Self(map.entries.into_iter().map(weight).collect()))
    }
}
