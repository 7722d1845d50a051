//! How parts fail and are repaired, as written or by a known word.

use std::fmt;

use serde::de::value::{EnumAccessDeserializer, MapAccessDeserializer};
use serde::de::{Deserialize, Deserializer, EnumAccess, MapAccess, Visitor};

use super::TimeLaw;
use super::preset::{FAILING_DISK, FAILING_RACK, FAILING_SERVER, FAILING_SWITCH};
use crate::quantity::Share;

/// How parts fail and are repaired: `mtbf` and `mttr`, or `unavailability` alone; or a word for
/// what is known of parts of its kind.
#[derive(Clone, Debug, PartialEq)]
pub struct Failure {
    /// Time up.
    pub mtbf: Option<TimeLaw>,
    /// Time down.
    pub mttr: Option<TimeLaw>,
    /// Share of time down.
    pub unavailability: Option<Share>,
    /// What it does to the work; `Crash` when left out.
    pub effect: Option<FailureEffect>,
    /// What fails together; `Node` when left out.
    pub of: Option<FailureOf>,
}

/// What a failure does to the work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename = "effect")]
pub enum FailureEffect {
    /// It is lost.
    Crash,
    /// It stands still and resumes.
    Pause,
}

/// What fails together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename = "of")]
pub enum FailureOf {
    /// All cores of a node.
    Node,
    /// Each core by itself.
    Cores,
}

/// The same, in brackets.
#[derive(serde::Deserialize)]
#[serde(rename = "failure", deny_unknown_fields)]
struct Written {
    mtbf: Option<TimeLaw>,
    mttr: Option<TimeLaw>,
    unavailability: Option<Share>,
    effect: Option<FailureEffect>,
    of: Option<FailureOf>,
}

/// Parts of which it is known how they fail.
#[derive(serde::Deserialize)]
#[serde(rename = "failure")]
enum Word {
    Server,
    Disk,
    Rack,
    Switch,
}

impl From<Written> for Failure {
    fn from(written: Written) -> Self {
        let Written {
            mtbf,
            mttr,
            unavailability,
            effect,
            of,
        } = written;
        Self {
            mtbf,
            mttr,
            unavailability,
            effect,
            of,
        }
    }
}

impl<'de> Deserialize<'de> for Failure {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Failure;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(
                    "times like (mtbf: Exponential(\"90d\"), mttr: \"2h\"), \
                     (unavailability: 1e-4), or one of the words Server, Disk, Rack and Switch",
                )
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Failure, A::Error> {
                Written::deserialize(MapAccessDeserializer::new(map)).map(Failure::from)
            }

            fn visit_enum<A: EnumAccess<'de>>(self, access: A) -> Result<Failure, A::Error> {
                let preset = match Word::deserialize(EnumAccessDeserializer::new(access))? {
                    Word::Server => FAILING_SERVER,
                    Word::Disk => FAILING_DISK,
                    Word::Rack => FAILING_RACK,
                    Word::Switch => FAILING_SWITCH,
                };
                Ok(preset.read::<Written>().into())
            }
        }
        from.deserialize_any(Reader)
    }
}
