//! The declarations: entries, texts, numbers, words.

/// Declares an entry: a struct, its decoder, the expansion of its short form and its JSON Schema. The docs of the
/// fields become descriptions in the schema.
///
/// ```
/// use bedrail::spec::decode::Exact;
///
/// bedrail::text! { Name: "a name", 1..=50 }
/// bedrail::entry! {
///     /// What to say.
///     pub struct Greeting: "a greeting" {
///         /// To whom.
///         required name: Exact<Name>,
///         /// Whether to shout.
///         optional loud: bool,
///     }
///     short Exact<Name> => name
/// }
/// ```
///
/// A required field is a `Spanned<T>`, an optional one an `Option<Spanned<T>>`. After `short` stand the type of the
/// short form and the fields that it gives; leave it out if there is none.
#[macro_export]
macro_rules! entry {
    (
        $(#[doc = $doc:literal])+
        $vis:vis struct $name:ident : $what:literal {
            $($(#[doc = $field_doc:literal])+ $need:ident $field:ident : $type:ty),+ $(,)?
        }
        $(short $short:ty => $($given:ident),+)?
    ) => {
        $(#[doc = $doc])+
        #[derive(Clone, Debug, PartialEq)]
        $vis struct $name {
            $($(#[doc = $field_doc])+ $vis $field: $crate::entry!(@type $need $type),)+
        }

        impl $name {
            /// The keys that this entry knows.
            $vis const KEYS: &'static [&'static str] = &[$($crate::spec::decode::key(stringify!($field))),+];
        }

        impl $crate::spec::decode::Decode for $name {
            const SHAPE: $crate::spec::decode::Shape = $crate::spec::decode::Shape::Map;

            fn decode(
                node: &$crate::spec::node::Node,
                cx: &mut $crate::spec::decode::Reading,
            ) -> Option<Self> {
                $(
                    if let Some(long) = $crate::spec::decode::expand_short(
                        node,
                        &[$($crate::spec::decode::key(stringify!($given))),+],
                    ) {
                        return <Self as $crate::spec::decode::Decode>::decode(&long, cx);
                    }
                )?
                let fields = $crate::spec::decode::Fields::of(node, $what, Self::KEYS, cx)?;
                $(let $field = fields.$need::<$type>($crate::spec::decode::key(stringify!($field)), cx);)+
                Some(Self { $($field: $field.ok()?),+ })
            }

            fn expand(node: $crate::spec::node::Node) -> $crate::spec::node::Node {
                $(
                    let node = $crate::spec::decode::expand_short(
                        &node,
                        &[$($crate::spec::decode::key(stringify!($given))),+],
                    ).unwrap_or(node);
                )?
                $crate::spec::decode::expand_fields(node, |key, value| match key {
                    $(key if key == $crate::spec::decode::key(stringify!($field)) => {
                        <$type as $crate::spec::decode::Decode>::expand(value)
                    })+
                    _ => value,
                })
            }
        }

        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn schema_id() -> std::borrow::Cow<'static, str> {
                concat!(module_path!(), "::", stringify!($name)).into()
            }

            fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
                let mut object = $crate::spec::decode::ObjectSchema::new(&[$($doc),+]);
                $(object.property(
                    $crate::spec::decode::key(stringify!($field)),
                    &[$($field_doc),+],
                    generator.subschema_for::<$type>(),
                    $crate::entry!(@required $need),
                );)+
                #[allow(unused_mut, unused_assignments)]
                let mut short = None;
                $(short = Some(generator.subschema_for::<$short>());)?
                object.finish(short)
            }
        }
    };
    (@type required $type:ty) => { $crate::model::span::Spanned<$type> };
    (@type optional $type:ty) => { Option<$crate::model::span::Spanned<$type>> };
    (@required required) => { true };
    (@required optional) => { false };
}

/// Declares the rule of a text: what it is, how many characters it has, and what it must match with the same in words.
///
/// ```
/// bedrail::text! { pub GuardrailName: "a guardrail name", 1..=50, "[0-9a-zA-Z_-]+", "letters, digits, `-` and `_`" }
/// ```
#[macro_export]
macro_rules! text {
    ($(#[$doc:meta])* $vis:vis $name:ident : $what:literal, $least:literal..=$most:expr $(, $form:literal, $words:literal)? $(,)?) => {
        $(#[$doc])*
        #[doc = concat!("The rule of ", $what, ".")]
        #[derive(Clone, Copy, Debug)]
        $vis struct $name;

        impl $crate::spec::decode::TextRule for $name {
            const WHAT: &'static str = $what;
            const NAME: &'static str = stringify!($name);
            const LENGTH: (usize, usize) = ($least, $most);
            const FORM: Option<(&'static str, &'static str)> = $crate::text!(@form $($form, $words)?);

            #[allow(unused_variables)]
            fn has_form(text: &str) -> bool {
                $({
                    static FORM: std::sync::LazyLock<Option<regex_lite::Regex>> =
                        std::sync::LazyLock::new(|| regex_lite::Regex::new(concat!("^(?:", $form, ")$")).ok());
                    return FORM.as_ref().is_some_and(|form| form.is_match(text));
                })?
                #[allow(unreachable_code)]
                true
            }
        }
    };
    (@form) => { None };
    (@form $form:literal, $words:literal) => { Some(($form, $words)) };
}

/// Declares the bounds of a number.
///
/// ```
/// bedrail::number! { Threshold: "a threshold", 0.0 to less than 1.0 }
/// bedrail::number! { Confidence: "a confidence", 0.0 to 1.0 }
/// ```
#[macro_export]
macro_rules! number {
    ($vis:vis $name:ident : $what:literal, $least:literal to less than $most:literal) => {
        $crate::number!(@rule $vis $name, $what, $least, Below($most));
    };
    ($vis:vis $name:ident : $what:literal, $least:literal to $most:literal) => {
        $crate::number!(@rule $vis $name, $what, $least, To($most));
    };
    (@rule $vis:vis $name:ident, $what:literal, $least:literal, $upper:ident($most:literal)) => {
        #[doc = concat!("The bounds of ", $what, ".")]
        #[derive(Clone, Copy, Debug)]
        $vis struct $name;

        impl $crate::spec::decode::NumberRule for $name {
            const WHAT: &'static str = $what;
            const NAME: &'static str = stringify!($name);
            const LEAST: f64 = $least;
            const MOST: $crate::spec::decode::Upper = $crate::spec::decode::Upper::$upper($most);
        }
    };
}

/// Makes enumerations that have `ALL` and `word()` readable, as values and as keys of maps.
///
/// ```ignore
/// decodes_as_word! { Strength: "a strength"; Tier: "a tier"; }
/// ```
#[macro_export]
macro_rules! decodes_as_word {
    ($($type:ty : $what:literal;)+) => {$(
        impl $type {
            fn spelled() -> Vec<(&'static str, Self)> {
                Self::ALL.iter().map(|value| (value.word(), *value)).collect()
            }
        }

        impl $crate::spec::decode::Decode for $type {
            const SHAPE: $crate::spec::decode::Shape = $crate::spec::decode::Shape::Scalar;

            fn decode(
                node: &$crate::spec::node::Node,
                cx: &mut $crate::spec::decode::Reading,
            ) -> Option<Self> {
                $crate::spec::decode::decode_word(node, $what, &Self::spelled(), cx)
            }
        }

        impl $crate::spec::decode::Key for $type {
            fn read(
                key: &$crate::model::span::Spanned<String>,
                cx: &mut $crate::spec::decode::Reading,
            ) -> Option<Self> {
                $crate::spec::decode::read_word(key, key, key.span, $what, &Self::spelled(), cx)
            }

            fn names() -> $crate::spec::decode::KeyNames {
                $crate::spec::decode::KeyNames::Words(Self::ALL.iter().map(|value| value.word()).collect())
            }
        }
    )+};
}
