// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Facts.Tests;

/// <summary>Datagrams that a probe sent by a link of its node to a probe on the same wire, outside of any tunnel, and how many were captured there.</summary>
/// <param name="Link">The link by which they left.</param>
/// <param name="To">Where the other probe listened.</param>
/// <param name="Source">Source address that they had.</param>
/// <param name="Sent">How many left, as a capture on the link counted them.</param>
/// <param name="Arrived">As the other probe's capture counted them.</param>
public sealed record FabricTestFact(string Link, IpAddr To, IpAddr Source, int Sent, int Arrived);
