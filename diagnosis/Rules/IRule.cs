// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Mesh;

namespace KubeWgDiag.Diagnosis.Rules;

/// <summary>One question to the model. Pure and silent where it cannot know.</summary>
internal interface IRule
{
    RuleDescriptor Descriptor { get; }

    IEnumerable<RuleFinding> Evaluate(MeshModel mesh);
}
