//! Enumerations whose values are AWS's own words.

/// Declares an enumeration of AWS: its variants with the words of the API, in the order in which they rank.
///
/// The type compares in that order, reads and writes exactly these words, and knows all of them, which is what a
/// suggestion, a schema and an exhaustive test need.
macro_rules! words {
    ($(#[$docs:meta])* $name:ident { $($(#[$variant_docs:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$docs])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
        #[allow(unreachable_pub, reason = "some are of one section only")]
        pub enum $name {
            $($(#[$variant_docs])* #[doc = concat!("`", $word, "`")] #[serde(rename = $word)] $variant,)+
        }

        #[allow(unreachable_pub, dead_code, reason = "some are of one section only, and read with their place")]
        impl $name {
            /// Every value, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word of the API.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }

            /// The value of this word, in exactly AWS's spelling.
            pub fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)+ _ => None }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                out.write_str(self.word())
            }
        }
    };
}

pub(crate) use words;
