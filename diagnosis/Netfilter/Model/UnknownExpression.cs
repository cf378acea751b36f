// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Netfilter;

/// <summary>An expression this code does not know, or whose attributes it did not understand: the rule is not fully understood.</summary>
public sealed record UnknownExpression(string Name, int RawLength) : Expression;
