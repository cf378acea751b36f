// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Netfilter.Evaluation.State;

namespace KubeWgDiag.Diagnosis.Netfilter.Evaluation.Running;

/// <summary>nft_objref: named counters, limits, quotas, helpers ... by name or by a map.</summary>
internal static class ObjectReferences
{
    private const uint Counter = 1, Quota = 2, Limit = 4, ConnectionLimitObject = 5, Synproxy = 10;

    public static Step Run(EvaluationRun run, ObjectReference reference)
    {
        if (reference is not { Set: { } name, Register: { } register }) return Use(run, reference, reference.Name);
        if (run.Chain!.Table.Set(name) is not { } set) return run.Fail(reference, $"the map {name} is not in the facts");
        if (!Registers.Fits(register, set.Set.KeyLength)) return run.Fail(reference, "a register that does not exist");
        if (!SetLookups.Find(run, set, register, reference, out var element)) return run.Fail(reference, $"elements of the map {name} that were not read");
        return element is null ? Step.Break : Use(run, reference with { ObjectType = reference.ObjectType != 0 ? reference.ObjectType : set.Set.ObjectType }, element.ObjectName);
    }

    private static Step Use(EvaluationRun run, ObjectReference reference, string? name)
    {
        switch (reference.ObjectType)
        {
            case Counter:
                run.Count();
                return Step.Continue;
            case Quota or Limit or ConnectionLimitObject:
                return name is not null && run.Chain!.Table.Object(name, reference.ObjectType)?.State is { } state
                    ? Limits.Run(run, state)
                    : Step.Match(run.IsBelowLimit(reference, $"the state of the object {name}"));
            case Synproxy:
                return Diversions.Synproxy(run);
            default:
                return Step.Continue;
        }
    }
}
