//! Components: the fields that all kinds share, and the kind's own.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error, SeqAccess, Visitor};

use super::Kind;
use crate::schema::{SHARED_FIELDS, Shared};
use crate::syntax::deserialize::SHARED;

/// A component as written.
#[derive(Clone, Debug)]
pub struct Component {
    /// The fields that all kinds share.
    pub shared: Shared,
    /// The kind with its own fields.
    pub kind: Kind,
}

impl<'de> Deserialize<'de> for Component {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Views;
        impl<'de> Visitor<'de> for Views {
            type Value = Component;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a component like AppServer(..)")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut views: A) -> Result<Component, A::Error> {
                let missing = || A::Error::custom("a component has two views");
                let shared = views.next_element()?.ok_or_else(missing)?;
                let kind = views.next_element()?.ok_or_else(missing)?;
                Ok(Component { shared, kind })
            }
        }
        from.deserialize_struct(SHARED, SHARED_FIELDS, Views)
    }
}
