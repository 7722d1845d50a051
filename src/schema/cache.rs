//! What caches hold, as written.

use std::fmt;

use serde::de::value::EnumAccessDeserializer;
use serde::de::{Deserialize, Deserializer, EnumAccess, Error, Visitor};

use super::At;
use crate::model;
use crate::quantity::{Count, Exponent, Size};

/// Room of each node: a number of items, bytes like `"512MiB"`, or the word `Unlimited`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Room {
    /// So many items.
    Items(Count),
    /// So many bytes.
    Bytes(Size),
    /// Everything.
    Unlimited,
}

impl<'de> Deserialize<'de> for Room {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Reader;
        #[derive(serde::Deserialize)]
        #[serde(rename = "Room")]
        enum Word {
            Unlimited,
        }
        impl<'de> Visitor<'de> for Reader {
            type Value = Room;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number of items, bytes like \"512MiB\", or the word Unlimited")
            }

            fn visit_u64<E: Error>(self, number: u64) -> Result<Room, E> {
                let items = u32::try_from(number).ok().and_then(|n| Count::new(n).ok());
                items.map(Room::Items).ok_or_else(|| {
                    E::custom(format!(
                        "expected a whole number from 1 to {}, found {number}\nwrite fewer items, \
                         or Unlimited",
                        u32::MAX
                    ))
                })
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Room, E> {
                let size: Size = text.parse().map_err(E::custom)?;
                if size.bytes() == 0 {
                    return Err(E::custom(
                        "this size must be more than 0\nwrite one like \"512MiB\"",
                    ));
                }
                Ok(Room::Bytes(size))
            }

            fn visit_enum<A: EnumAccess<'de>>(self, access: A) -> Result<Room, A::Error> {
                let Word::Unlimited = Word::deserialize(EnumAccessDeserializer::new(access))?;
                Ok(Room::Unlimited)
            }
        }
        from.deserialize_any(Reader)
    }
}

/// What the requests ask a cache for.
#[derive(Clone, Debug, PartialEq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Keys {
    /// Items whose popularity falls with their rank.
    Zipf(Zipf),
    /// What the `key` of a replayed log says.
    FromLog,
}

/// Item number i, counted from 1, is asked for in proportion to i to the power of -exponent.
#[derive(Clone, Debug, PartialEq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Zipf {
    /// How many there are.
    pub items: At<Count>,
    /// 0: all alike.
    pub exponent: Exponent,
}

/// Who leaves a full cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
pub enum Eviction {
    /// The least recently used.
    Lru,
    /// The first that came in.
    Fifo,
    /// Anybody.
    Random,
    /// The least frequently asked for.
    Lfu,
}

/// What starts the time to live again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
pub enum Renew {
    /// A fetch.
    OnFetch,
    /// A fetch or a hit.
    OnHit,
}

/// What a miss does while another one fetches the same item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
pub enum Fill {
    /// It waits for that one.
    SingleFlight,
    /// It fetches, too.
    Every,
}

impl Eviction {
    /// In the model.
    pub fn model(self) -> model::Eviction {
        match self {
            Self::Lru => model::Eviction::Lru,
            Self::Fifo => model::Eviction::Fifo,
            Self::Random => model::Eviction::Random,
            Self::Lfu => model::Eviction::Lfu,
        }
    }
}

impl Renew {
    /// In the model.
    pub fn model(self) -> model::Renew {
        match self {
            Self::OnFetch => model::Renew::OnFetch,
            Self::OnHit => model::Renew::OnHit,
        }
    }
}

impl Fill {
    /// In the model.
    pub fn model(self) -> model::Fill {
        match self {
            Self::SingleFlight => model::Fill::SingleFlight,
            Self::Every => model::Fill::Every,
        }
    }
}
