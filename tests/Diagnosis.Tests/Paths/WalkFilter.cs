// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Netfilter;

namespace KubeWgDiag.Diagnosis.Tests.Paths;

/// <summary>Small rule sets for paths.</summary>
internal static class WalkFilter
{
    /// <summary>An input chain that drops what comes from an IPv4 address.</summary>
    public static NetfilterFact Input(string source)
    {
        Span<byte> bytes = stackalloc byte[4];
        IpAddr.Parse(source).WriteNetworkBytes(bytes);
        return new NetfilterFact
        {
            Tables =
            [
                new NetfilterTable
                {
                    Backend = NetfilterBackend.NfTables,
                    Family = NetfilterFamily.Ipv4,
                    Name = "filter",
                    Chains =
                    [
                        new NetfilterChain
                        {
                            Name = "INPUT",
                            Hook = NetfilterHook.Input,
                            Type = "filter",
                            Policy = NetfilterPolicy.Accept,
                            Rules =
                            [
                                new NetfilterRule
                                {
                                    Handle = 7,
                                    Expressions =
                                    [
                                        new PayloadLoad(0, PayloadBase.Network, 12, 4),
                                        new Compare(0, CompareOperator.Equal, new HexBytes(bytes.ToArray())),
                                        new VerdictExpression(Verdict.Drop),
                                    ],
                                },
                            ],
                        },
                    ],
                },
            ],
        };
    }
}
