// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Rules;

namespace KubeWgDiag.Diagnosis.Tests.Rules;

/// <summary>The catalogue as a whole: codes, and the graph of what explains what.</summary>
public sealed class CatalogueTests
{
    [Fact]
    public void Codes_AreUniqueWords() => RuleCatalogue.Descriptors.Select(rule => rule.Code)
        .ShouldAllBe(code => code.StartsWith("WG-", StringComparison.Ordinal) && code.All(c => char.IsAsciiLetterUpper(c) || char.IsAsciiDigit(c) || c == '-'));

    [Fact]
    public void EveryCode_StandsThereOnce() => RuleCatalogue.Descriptors.Select(rule => rule.Code).ShouldBeUnique();

    [Fact]
    public void WhatExplains_IsKnownAndDeeper()
    {
        var byCode = RuleCatalogue.Descriptors.ToDictionary(rule => rule.Code);
        foreach (var rule in RuleCatalogue.Descriptors)
        {
            foreach (var cause in rule.ExplainedBy)
                byCode[cause].Precedence.ShouldBeLessThan(rule.Precedence, $"{cause} explains {rule.Code}");
        }
    }
}
