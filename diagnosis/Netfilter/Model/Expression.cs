// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Serialization;

namespace KubeWgDiag.Diagnosis.Netfilter;

/// <summary>
/// One expression of a rule, named after the kernel's (net/netfilter/nft_*.c). Registers are numbers of 4-byte slots, 0 to 15:
/// NFT_REG32_00 is 0, NFT_REG_1 is 0, NFT_REG_2 is 4. Register contents are in memory order, as the kernel holds them.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "op")]
[JsonDerivedType(typeof(Immediate), "immediate")]
[JsonDerivedType(typeof(VerdictExpression), "verdict")]
[JsonDerivedType(typeof(Compare), "cmp")]
[JsonDerivedType(typeof(RangeMatch), "range")]
[JsonDerivedType(typeof(Lookup), "lookup")]
[JsonDerivedType(typeof(PayloadLoad), "payload")]
[JsonDerivedType(typeof(PayloadWrite), "payloadSet")]
[JsonDerivedType(typeof(ExtensionHeader), "exthdr")]
[JsonDerivedType(typeof(ExtensionHeaderWrite), "exthdrSet")]
[JsonDerivedType(typeof(MetaLoad), "meta")]
[JsonDerivedType(typeof(MetaSet), "metaSet")]
[JsonDerivedType(typeof(ConntrackLoad), "ct")]
[JsonDerivedType(typeof(ConntrackSet), "ctSet")]
[JsonDerivedType(typeof(RouteLoad), "rt")]
[JsonDerivedType(typeof(FibLoad), "fib")]
[JsonDerivedType(typeof(SocketLoad), "socket")]
[JsonDerivedType(typeof(NumberGenerator), "numgen")]
[JsonDerivedType(typeof(HashLoad), "hash")]
[JsonDerivedType(typeof(Bitwise), "bitwise")]
[JsonDerivedType(typeof(BitwiseShift), "bitwiseShift")]
[JsonDerivedType(typeof(BitwiseRegister), "bitwiseRegister")]
[JsonDerivedType(typeof(ByteOrder), "byteorder")]
[JsonDerivedType(typeof(CounterExpression), "counter")]
[JsonDerivedType(typeof(LimitExpression), "limit")]
[JsonDerivedType(typeof(ConnectionLimit), "connlimit")]
[JsonDerivedType(typeof(QuotaExpression), "quota")]
[JsonDerivedType(typeof(LastExpression), "last")]
[JsonDerivedType(typeof(DynamicSet), "dynset")]
[JsonDerivedType(typeof(ObjectReference), "objref")]
[JsonDerivedType(typeof(LogExpression), "log")]
[JsonDerivedType(typeof(RejectExpression), "reject")]
[JsonDerivedType(typeof(NatExpression), "nat")]
[JsonDerivedType(typeof(MasqueradeExpression), "masq")]
[JsonDerivedType(typeof(RedirectExpression), "redir")]
[JsonDerivedType(typeof(TproxyExpression), "tproxy")]
[JsonDerivedType(typeof(QueueExpression), "queue")]
[JsonDerivedType(typeof(NotrackExpression), "notrack")]
[JsonDerivedType(typeof(SynproxyExpression), "synproxy")]
[JsonDerivedType(typeof(FlowOffload), "flowOffload")]
[JsonDerivedType(typeof(DuplicateExpression), "dup")]
[JsonDerivedType(typeof(ForwardExpression), "fwd")]
[JsonDerivedType(typeof(UnknownExpression), "unknown")]
[JsonDerivedType(typeof(XtHeaderMatch), "xtHeader")]
[JsonDerivedType(typeof(XtUnknownMatch), "xtUnknownMatch")]
[JsonDerivedType(typeof(XtUnknownTarget), "xtUnknownTarget")]
public abstract record Expression;
