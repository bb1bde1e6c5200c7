using System.Text.RegularExpressions;

namespace Nines.Control.Services.Ec2.Volumes;

/// <summary>Names that a user may give an instance's disk (EC2 User Guide: Device names for volumes).</summary>
internal static partial class DeviceNames
{
    /// <summary>Whether EC2 takes it.</summary>
    public static bool IsValid(string name) => Form.IsMatch(name);

    [GeneratedRegex(@"^(/dev/)?(sd[a-z]{1,2}\d{0,2}|xvd[a-z]{1,2}\d{0,2}|hd[a-z]\d{0,2})$")]
    private static partial Regex Form { get; }
}
