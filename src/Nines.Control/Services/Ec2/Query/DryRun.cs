namespace Nines.Control.Services.Ec2.Query;

/// <summary>The end of a request that only asks whether it would succeed.</summary>
internal static class DryRun
{
    /// <summary>Ends a dry run; to be called when everything was validated and before anything is written.</summary>
    /// <exception cref="Nines.Wire.AwsException"><c>DryRunOperation</c> (412) when <paramref name="dryRun"/> is true.</exception>
    public static void Answer(bool? dryRun)
    {
        if (dryRun == true)
        {
            throw Ec2Errors.DryRunOperation();
        }
    }
}
