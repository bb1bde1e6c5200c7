using Nines.Api.Ec2;

namespace Nines.Control.Services.Ec2.FastLaunches;

/// <summary>States of an account's setting for an image.</summary>
internal enum FastLaunchState
{
    Enabling,
    EnablingFailed,
    Enabled,
    EnabledFailed,
    Disabling,

    /// <summary>Remembered so that the account's servers go on booting; EC2 tells of such images no more.</summary>
    Disabled,
}

/// <summary>The states' names.</summary>
internal static class FastLaunchStates
{
    /// <summary>AWS's name.</summary>
    public static string Name(this FastLaunchState state) => state switch
    {
        FastLaunchState.Enabling => FastLaunchStateCode.Enabling,
        FastLaunchState.EnablingFailed => FastLaunchStateCode.EnablingFailed,
        FastLaunchState.Enabled => FastLaunchStateCode.Enabled,
        FastLaunchState.EnabledFailed => FastLaunchStateCode.EnabledFailed,
        _ => FastLaunchStateCode.Disabling,
    };

    /// <summary>Whether the account has turned it off.</summary>
    public static bool IsOff(this FastLaunchState state) => state is FastLaunchState.Disabling or FastLaunchState.Disabled;
}
