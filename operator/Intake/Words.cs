// SPDX-License-Identifier: Apache-2.0

using System.Globalization;

namespace KubeWgDiag.Operator.Intake;

/// <summary>Values as people read them in messages.</summary>
internal static class Words
{
    /// <summary>A time in UTC with whole seconds.</summary>
    public static string Of(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
