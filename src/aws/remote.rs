//! The AWS half of a kind, and the dispatch to it, made from the same lines as the registry.

use std::collections::{BTreeMap, BTreeSet};

use super::call::{ReadCx, WriteCx};
use super::clients::Clients;
use super::error::{ApplyError, AwsError};
use super::survey::Survey;
use crate::kinds::{
    Kind, Model, ResourceKind, account_enforcement, for_each_kind, guardrail, guardrail_version, iam_policy,
    iam_policy_attachment, invocation_logging, org_policy, org_policy_attachment, org_policy_type, resource_policy,
};
use crate::model::{Raw, Readings, RemoteId, Scope, Unread};
use crate::plan::{Action, Change};

/// Where a kind lives, and so where it is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In each Region of an account.
    Region,
    /// In an account as a whole.
    Account,
    /// In the organization, through its management account.
    Organization,
}

/// What the resources of one kind in one scope are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    /// What was read; also resources of other kinds, where one call shows both.
    pub items: Vec<Raw>,
    /// What could not be read, one by one.
    pub unread: Vec<Unread>,
    /// The service control policies on each node that was looked at.
    pub controls: BTreeMap<String, BTreeSet<RemoteId>>,
}

/// A change of one resource in the terms of its kind.
#[derive(Clone, Copy, Debug)]
pub enum Edit<'a, M> {
    /// It is made.
    Create {
        /// As what.
        want: &'a M,
    },
    /// It is changed.
    Update {
        /// Its id.
        id: &'a RemoteId,
        /// From what.
        have: &'a M,
        /// To what.
        want: &'a M,
    },
    /// It is removed.
    Delete {
        /// Its id.
        id: &'a RemoteId,
        /// What goes.
        have: &'a M,
    },
}

impl FromIterator<Self> for Listing {
    fn from_iter<I: IntoIterator<Item = Self>>(listings: I) -> Self {
        let mut all = Self::default();
        for Self { items, unread, controls } in listings {
            all.items.extend(items);
            all.unread.extend(unread);
            all.controls.extend(controls);
        }
        all
    }
}

impl<'a, M> Edit<'a, M> {
    /// `None` when a model is of another kind.
    fn of(change: &'a Change, model: impl Fn(&'a Model) -> Option<&'a M>) -> Option<Self> {
        Some(match change {
            Change::Create { want } => Self::Create { want: model(want)? },
            Change::Update { id, have, want } => Self::Update { id, have: model(have)?, want: model(want)? },
            Change::Delete { id, have } => Self::Delete { id, have: model(have)? },
        })
    }
}

/// Makes sure that calls about this kind act where they should. Those about the organization act in the organization of the
/// caller, whichever of its accounts that is: AWS decides whether it may.
async fn enter(clients: &Clients, kind: Kind, scope: &Scope) -> Result<(), AwsError> {
    match place(kind) {
        Place::Region | Place::Account => clients.enter(scope).await,
        Place::Organization => Ok(()),
    }
}

/// The AWS half of a kind.
pub trait Remote: ResourceKind {
    /// Where it lives.
    const PLACE: Place;
    /// The kind whose list shows which resources of this one there may be: where that fails, these are unseen too.
    const SHOWN_BY: Option<Kind>;

    /// Reads the resources of this kind in `scope`, as far as `survey` makes it necessary. `so_far` holds what the kinds
    /// before it showed in the same scope.
    ///
    /// # Errors
    /// The failure that hides which resources there are; one that hides a single resource is in the listing.
    fn list(
        cx: &ReadCx<'_>,
        survey: &Survey,
        scope: &Scope,
        so_far: &Readings,
    ) -> impl Future<Output = Result<Listing, AwsError>> + Send;

    /// Reads one resource in full; `None` where it does not exist.
    ///
    /// # Errors
    /// Any failure but that it does not exist.
    fn read(
        cx: &ReadCx<'_>,
        scope: &Scope,
        id: &RemoteId,
    ) -> impl Future<Output = Result<Option<Raw>, AwsError>> + Send;

    /// What exists and would be mistaken for `want`, or would exist beside it, if that were created now; `None` where
    /// AWS itself refuses a second one, or where `perform` looks.
    ///
    /// # Errors
    /// Any failure.
    fn namesake(
        _cx: &ReadCx<'_>,
        _scope: &Scope,
        _want: &Self::Model,
    ) -> impl Future<Output = Result<Option<Raw>, AwsError>> + Send {
        std::future::ready(Ok(None))
    }

    /// Carries out `edit`, the change of `action`, and waits until AWS has done it. The answer is not trusted: the
    /// caller reads the id back.
    ///
    /// # Errors
    /// The failure; a repeat of the action is safe after any.
    fn perform(
        cx: &WriteCx<'_>,
        action: &Action,
        edit: Edit<'_, Self::Model>,
    ) -> impl Future<Output = Result<RemoteId, ApplyError>> + Send;
}

macro_rules! dispatch {
    ($($variant:ident: $module:ident = $word:literal,)+) => {
        /// Where `kind` lives.
        pub const fn place(kind: Kind) -> Place {
            match kind { $(Kind::$variant => <$module::$variant as Remote>::PLACE,)+ }
        }

        /// The kind whose list shows which resources of `kind` there may be.
        pub const fn shown_by(kind: Kind) -> Option<Kind> {
            match kind { $(Kind::$variant => <$module::$variant as Remote>::SHOWN_BY,)+ }
        }

        /// Reads the resources of `kind` in `scope`; see [`Remote::list`].
        ///
        /// # Errors
        /// The failure that hides which resources there are.
        pub async fn list(
            kind: Kind,
            cx: &ReadCx<'_>,
            survey: &Survey,
            scope: &Scope,
            so_far: &Readings,
        ) -> Result<Listing, AwsError> {
            enter(cx.clients, kind, scope).await?;
            match kind { $(Kind::$variant => $module::$variant::list(cx, survey, scope, so_far).await,)+ }
        }

        /// Reads one resource in full; `None` where it does not exist. See [`Remote::read`].
        ///
        /// # Errors
        /// Any failure but that it does not exist.
        pub async fn read(
            kind: Kind,
            cx: &ReadCx<'_>,
            scope: &Scope,
            id: &RemoteId,
        ) -> Result<Option<Raw>, AwsError> {
            enter(cx.clients, kind, scope).await?;
            match kind { $(Kind::$variant => $module::$variant::read(cx, scope, id).await,)+ }
        }

        /// What exists and would be mistaken for `want` if that were created now; see [`Remote::namesake`].
        ///
        /// # Errors
        /// Any failure.
        pub async fn namesake(cx: &ReadCx<'_>, scope: &Scope, want: &Model) -> Result<Option<Raw>, AwsError> {
            enter(cx.clients, want.kind(), scope).await?;
            match want { $(Model::$variant(want) => $module::$variant::namesake(cx, scope, want).await,)+ }
        }

        /// Carries out an action and waits until AWS has done it; see [`Remote::perform`].
        ///
        /// # Errors
        /// The failure; a repeat of the action is safe after any.
        pub async fn perform(cx: &WriteCx<'_>, action: &Action) -> Result<RemoteId, ApplyError> {
            enter(cx.read.clients, action.address.kind, &action.address.scope).await?;
            match action.address.kind {
                $(Kind::$variant => {
                    let edit = Edit::of(&action.change, |model| match model {
                        Model::$variant(model) => Some(model),
                        _ => None,
                    });
                    let edit = edit.ok_or_else(|| ApplyError::Impossible(action.address.clone()))?;
                    $module::$variant::perform(cx, action, edit).await
                })+
            }
        }
    };
}

for_each_kind!(dispatch);
