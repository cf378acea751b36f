// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Netfilter;

/// <summary>An xtables match whose name or revision this code does not know: the rule is not fully understood.</summary>
public sealed record XtUnknownMatch(string Name, byte Revision, HexBytes Info) : Expression;

/// <summary>An xtables target whose name or revision this code does not know: the rule is not fully understood.</summary>
public sealed record XtUnknownTarget(string Name, byte Revision, HexBytes Info) : Expression;
