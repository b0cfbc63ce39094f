//! The accounts of entries.

use std::collections::{BTreeMap, BTreeSet};

use super::{Lowering, codes};
use crate::model::diagnostic::Diagnostic;
use crate::model::span::{Span, Spanned};
use crate::model::{Account, AccountId, Scope};
use crate::spec::decode::List;
use crate::spec::selector::{AccountSelector, Selector};

/// Accounts that stand, offline, for those that only the organization can tell: one for each way of selecting them, so that
/// what is selected alike meets itself and nothing else. No account of AWS's has such a number.
#[derive(Debug, Default)]
pub(super) struct StandIns(BTreeMap<String, AccountId>);

impl StandIns {
    fn of(&mut self, selected: String) -> AccountId {
        let next = self.0.len() + 1;
        let make = || format!("{next:012}").parse().expect("twelve digits");
        self.0.entry(selected).or_insert_with(make).clone()
    }

    /// All that were needed, each with the selector that it stands for.
    pub(super) fn accounts(&self) -> impl Iterator<Item = (&AccountId, &str)> {
        self.0.iter().map(|(selected, account)| (account, selected.split(" except ").next().unwrap_or_default()))
    }
}

impl Lowering<'_> {
    /// The accounts that an entry selects, without those that it excepts; `place` is where the entry stands. An entry that
    /// says nothing is about the home account. Reports selectors that select nothing there is, and an entry without any
    /// account.
    pub(crate) fn accounts(
        &mut self,
        own: Option<&Spanned<List<AccountSelector, 1>>>,
        except: Option<&Spanned<List<AccountSelector>>>,
        place: Span,
    ) -> BTreeSet<AccountId> {
        let left_out = self.selected(except.into_iter().flat_map(|list| list.iter()), None);
        let except: Vec<_> = except.into_iter().flat_map(|list| list.iter()).collect();
        let faults = self.diagnostics.errors();
        let mut accounts = match own {
            None => BTreeSet::from([self.facts.home().clone()]),
            // Offline, what two entries except may be all in which they differ.
            Some(own) => self.selected(own.iter(), Some(&except)),
        };
        accounts.retain(|account| !left_out.contains(account));
        if accounts.is_empty() && self.diagnostics.errors() == faults {
            let place = own.map_or(place, |own| own.span);
            self.no_account(place, &except);
        }
        self.desired.accounts.extend(accounts.iter().cloned());
        self.left_out.extend(left_out);
        accounts
    }

    fn selected<'s>(
        &mut self,
        selectors: impl Iterator<Item = &'s Spanned<AccountSelector>>,
        except: Option<&[&Spanned<AccountSelector>]>,
    ) -> BTreeSet<AccountId> {
        let mut accounts = BTreeSet::new();
        for selector in selectors {
            if self.assumed {
                accounts.insert(self.assumed_account(&selector.value, except.unwrap_or_default()));
                continue;
            }
            match selector.value.accounts(self.facts) {
                Ok(mut selected) => {
                    selected.retain(|account| !self.is_closed(account));
                    // What is excepted is not missed.
                    if except.is_some() {
                        self.passed_over(selector, &selected);
                    }
                    accounts.extend(selected);
                }
                Err(diagnosis) => self.diagnostics.push(diagnosis.at(selector.span)),
            }
        }
        accounts
    }

    /// Whether nobody can call anything in the account any more, or yet.
    fn is_closed(&self, id: &AccountId) -> bool {
        let accounts = self.facts.organization.iter().flat_map(|organization| &organization.accounts);
        accounts.filter(|account| account.id == *id).any(|account| !account.active)
    }

    /// Notes which accounts that are meant are left out since nobody can call anything there.
    fn passed_over(&mut self, selector: &Spanned<AccountSelector>, selected: &BTreeSet<AccountId>) {
        let Ok(node) = selector.value.node(self.facts) else { return };
        let one = selector.value.id(self.facts).ok();
        let meant = |account: &&Account| match &node {
            Some(node) => account.ancestors.contains(node),
            None => one.as_deref() == Some(account.id.as_str()),
        };
        let known = self.facts.organization.iter().flat_map(|organization| &organization.accounts);
        let below = known.filter(|account| meant(account) && !selected.contains(&account.id));
        for account in below {
            let by = self.inactive.entry(account.id.clone()).or_insert_with(|| (account.name.clone(), BTreeSet::new()));
            by.1.insert(selector.span);
        }
    }

    /// The account that holds an entry; reports one that the organization does not have.
    pub(crate) fn holder(&mut self, selector: &Spanned<impl std::ops::Deref<Target = Selector>>) -> Option<AccountId> {
        let account = if self.assumed {
            self.assumed_account(&selector.value, &[])
        } else {
            let mut selected = match selector.value.accounts(self.facts) {
                Ok(selected) => selected.into_iter(),
                Err(diagnosis) => {
                    self.diagnostics.push(diagnosis.at(selector.span));
                    return None;
                }
            };
            selected.next()?
        };
        self.desired.accounts.insert(account.clone());
        Some(account)
    }

    fn assumed_account(&mut self, selector: &Selector, except: &[&Spanned<AccountSelector>]) -> AccountId {
        match selector {
            Selector::Management => self.facts.home().clone(),
            // Without an organization the caller's account need not be pinned, and is not known offline.
            Selector::Account(_) | Selector::Caller if !self.pins_account() => self.facts.home().clone(),
            Selector::Account(id) => id.clone(),
            several => {
                let mut except: Vec<String> = except.iter().map(|selector| selector.value.to_string()).collect();
                except.sort();
                self.stand_ins.of(format!("{several} except {except:?}"))
            }
        }
    }

    /// A scope as messages name it: by its Region, and by its account where it is not the home account and is known.
    pub(crate) fn place(&self, scope: &Scope) -> String {
        if self.assumed || scope.account == *self.facts.home() {
            return scope.region_name().to_owned();
        }
        format!("account {} in {}", scope.account, scope.region_name())
    }

    fn no_account(&mut self, place: Span, except: &[&Spanned<AccountSelector>]) {
        let fault = Diagnostic::at(place, codes::NO_ACCOUNT, "no account is left");
        let fault = match except.first() {
            Some(first) => fault.related(first.span, "excepted here").help("remove the entry, or the exception"),
            None => fault.help("what it selects holds no active account; remove the entry, or select more"),
        };
        self.diagnostics.push(fault);
    }
}
