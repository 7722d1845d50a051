//! Fields with two shapes: one value alone in quotes, or several named in brackets.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::{MapAccessDeserializer, StrDeserializer};
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};

/// A value in quotes, or named parts (a struct or a map).
pub(super) enum Either<One, Many> {
    /// In quotes.
    One(One),
    /// In brackets.
    Many(Many),
}

impl<'de, One: Deserialize<'de>, Many: Deserialize<'de>> Deserialize<'de> for Either<One, Many> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Reader<One, Many>(PhantomData<(One, Many)>);
        impl<'de, One, Many> Visitor<'de> for Reader<One, Many>
        where
            One: Deserialize<'de>,
            Many: Deserialize<'de>,
        {
            type Value = Either<One, Many>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("one value in quotes, or several with their names in brackets")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
                One::deserialize(StrDeserializer::new(text)).map(Either::One)
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                Many::deserialize(MapAccessDeserializer::new(map)).map(Either::Many)
            }
        }
        from.deserialize_any(Reader(PhantomData))
    }
}
