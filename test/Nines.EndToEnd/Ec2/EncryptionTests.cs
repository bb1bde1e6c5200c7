using Nines.EndToEnd.Clouds;

namespace Nines.EndToEnd.Ec2;

/// <summary>Encrypted volumes, as real clients ask for them.</summary>
public sealed class EncryptionTests
{
    [Fact]
    [Covers("ec2", "EnableEbsEncryptionByDefault", "DisableEbsEncryptionByDefault", "GetEbsEncryptionByDefault", "GetEbsDefaultKmsKeyId", "ModifyEbsDefaultKmsKeyId", "ResetEbsDefaultKmsKeyId")]
    public async Task An_account_says_how_its_disks_are_encrypted()
    {
        // A cloud of its own: what is said here holds for every disk of the account.
        await using var cloud = new SimulatedCloud();
        await cloud.InitializeAsync();
        var answer = await cloud.Boto.RunAsync("""
            kms = client('kms')
            key = kms.create_key()['KeyMetadata']
            before = [ec2.get_ebs_encryption_by_default()['EbsEncryptionByDefault'], ec2.get_ebs_default_kms_key_id()['KmsKeyId']]
            plain = ec2.create_volume(AvailabilityZone='us-east-1a', Size=1)['Encrypted']
            dry = refused(lambda: ec2.enable_ebs_encryption_by_default(DryRun=True))
            on = ec2.enable_ebs_encryption_by_default()['EbsEncryptionByDefault']
            own = ec2.create_volume(AvailabilityZone='us-east-1a', Size=1)
            aliases = {a['AliasName']: a['TargetKeyId'] for a in kms.list_aliases()['Aliases']}
            modified = ec2.modify_ebs_default_kms_key_id(KmsKeyId=key['KeyId'])['KmsKeyId'] == ec2.get_ebs_default_kms_key_id()['KmsKeyId'] == key['Arn']
            image = ec2.describe_images(Filters=[{'Name': 'name', 'Values': ['tiny']}])['Images'][0]['ImageId']
            i = ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1)['Instances'][0]['InstanceId']
            ec2.get_waiter('instance_running').wait(InstanceIds=[i], WaiterConfig={'Delay': 1})
            root = ec2.describe_volumes(Filters=[{'Name': 'attachment.instance-id', 'Values': [i]}])['Volumes'][0]
            s = ec2.create_snapshot(VolumeId=root['VolumeId'])
            ec2.get_waiter('snapshot_completed').wait(SnapshotIds=[s['SnapshotId']], WaiterConfig={'Delay': 1})
            reset = ec2.reset_ebs_default_kms_key_id()['KmsKeyId']
            off = ec2.disable_ebs_encryption_by_default()['EbsEncryptionByDefault']
            after = [ec2.get_ebs_encryption_by_default()['EbsEncryptionByDefault'], ec2.create_volume(AvailabilityZone='us-east-1a', Size=1)['Encrypted']]
            ec2.terminate_instances(InstanceIds=[i])
            answer = [before, plain, dry, on, own['Encrypted'], own['KmsKeyId'].endswith(aliases['alias/aws/ebs']), modified, [root['Encrypted'], root['KmsKeyId'] == key['Arn']],
                      [s['Encrypted'], s['KmsKeyId'] == key['Arn']], reset, off, after,
                      refused(lambda: ec2.create_volume(AvailabilityZone='us-east-1a', Size=1, KmsKeyId=key['KeyId'])),
                      refused(lambda: ec2.create_volume(AvailabilityZone='us-east-1a', Size=1, Encrypted=True, KmsKeyId='alias/none'))]
            """);
        answer!.ToJsonString().ShouldBe(
            """[[false,"alias/aws/ebs"],false,"DryRunOperation",true,true,true,true,[true,true],[true,true],"alias/aws/ebs",false,[false,false],"InvalidParameterDependency","InvalidKmsKeyId.NotFound"]""");
    }
}
